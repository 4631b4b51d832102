#include "runtime/http/response.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace openfc::http {
namespace {

struct Reason {
  int status;
  std::string_view phrase;
};

constexpr auto kReasons = std::to_array<Reason>({
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Payload Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Entity"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
});

std::string_view ReasonOf(int status) {
  const auto* const found =
      std::find_if(kReasons.begin(), kReasons.end(),
                   [status](const Reason& reason) { return reason.status == status; });
  return found == kReasons.end() ? std::string_view("Unknown") : found->phrase;
}

bool IsToken(std::string_view name) {
  constexpr std::string_view kToken =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
  return !name.empty() && name.find_first_not_of(kToken) == std::string_view::npos;
}

bool IsLine(std::string_view value) {
  constexpr std::string_view kBreaks("\r\n\0", 3);
  return value.find_first_of(kBreaks) == std::string_view::npos;
}

bool IsSendable(const Response& response) {
  const bool has_status = response.status >= 200 && response.status <= 999;
  return has_status &&
         std::all_of(response.headers.begin(), response.headers.end(), [](const auto& header) {
           return IsToken(header.first) && IsLine(header.second);
         });
}

void AppendNumber(std::size_t number, std::string& out) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void AppendHeader(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool HasBody(int status, const AnswerStyle& style) {
  return !style.is_head && status != 204 && status != 304;
}

void AppendHead(Response& response, const AnswerStyle& style, std::string& out) {
  if (!IsSendable(response)) {
    response =
        Response{.status = 500,
                 .headers = {{"Content-Type", "text/plain"}},
                 .body = "The answer's status or one of its headers cannot be written as HTTP.\n"};
  }
  out.append("HTTP/1.1 ");
  AppendNumber(static_cast<std::size_t>(response.status), out);
  out.append(" ").append(ReasonOf(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers) AppendHeader(name, value, out);
  if (response.status != 204 && response.status != 304) {
    out.append("Content-Length: ");
    AppendNumber(response.body.size(), out);
    out.append("\r\n");
  }
  if (!style.keep_alive) {
    AppendHeader("Connection", "close", out);
  } else if (style.is_http_1_0) {
    AppendHeader("Connection", "keep-alive", out);
  }
  out.append("\r\n");
}

}  // namespace openfc::http
