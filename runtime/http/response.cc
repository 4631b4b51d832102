#include "runtime/http/response.h"

#include "runtime/http/request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <system_error>

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
    {206, "Partial Content"},
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
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Payload Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
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

/// What names are made of (RFC 9110, 5.6.2), by character: faster than a search in a string.
constexpr std::array<bool, 256> kTokenCharacters = [] {
  constexpr std::string_view kToken =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
  std::array<bool, 256> table{};
  for (const char c : kToken) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool IsToken(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return kTokenCharacters[static_cast<unsigned char>(c)];
  });
}

bool IsLine(std::string_view value) {
  return std::none_of(value.begin(), value.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void AppendNumber(std::size_t number, std::string& out) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void AppendHeader(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void AppendStatusLine(int status, std::string& out) {
  out.append("HTTP/1.1 ");
  AppendNumber(static_cast<std::size_t>(status), out);
  out.append(" ").append(ReasonOf(status)).append("\r\n");
}

/// The headers but for those that frame; `Connection: close` is obeyed.
void AppendHeaders(const HeaderList& headers, AnswerStyle& style, std::string& out) {
  for (const auto& [name, value] : headers) {
    if (!IsFraming(name)) {
      AppendHeader(name, value, out);
    } else if (EqualsIgnoringCase(name, "Connection") && EqualsIgnoringCase(value, "close")) {
      style.keep_alive = false;
    }
  }
}

void AppendLength(std::size_t length, std::string& out) {
  out.append("Content-Length: ");
  AppendNumber(length, out);
  out.append("\r\n");
}

void AppendConnection(const AnswerStyle& style, std::string& out) {
  if (!style.keep_alive) {
    AppendHeader("Connection", "close", out);
  } else if (style.is_http_1_0) {
    AppendHeader("Connection", "keep-alive", out);
  }
  out.append("\r\n");
}

std::optional<std::size_t> AnnouncedLength(const HeaderList& headers) {
  for (const auto& [name, value] : headers) {
    if (!EqualsIgnoringCase(name, "Content-Length")) continue;
    std::size_t length = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), length);
    if (read.ec == std::errc() && read.ptr == value.data() + value.size()) return length;
  }
  return std::nullopt;
}

bool StatusHasBody(int status) { return status != 204 && status != 304; }

}  // namespace

bool AreSendable(const HeaderList& headers) {
  return std::all_of(headers.begin(), headers.end(), [](const auto& header) {
    return IsToken(header.first) && IsLine(header.second);
  });
}

bool IsSendable(const Response& response) {
  return response.status >= 200 && response.status <= 999 && AreSendable(response.headers);
}

bool IsFraming(std::string_view name) {
  // The length settles it for most.
  switch (name.size()) {
    case 7:
      return EqualsIgnoringCase(name, "Upgrade");
    case 10:
      return EqualsIgnoringCase(name, "Connection") || EqualsIgnoringCase(name, "Keep-Alive");
    case 14:
      return EqualsIgnoringCase(name, "Content-Length");
    case 16:
      return EqualsIgnoringCase(name, "Proxy-Connection");
    case 17:
      return EqualsIgnoringCase(name, "Transfer-Encoding");
    default:
      return false;
  }
}

bool HasBody(int status, const AnswerStyle& style) {
  return !style.is_head && StatusHasBody(status);
}

void AppendHead(Response& response, AnswerStyle& style, std::string& out) {
  if (!IsSendable(response)) {
    response =
        Response{.status = 500,
                 .headers = {{"Content-Type", "text/plain"}},
                 .body = "The answer's status or one of its headers cannot be written as HTTP.\n"};
  }
  AppendStatusLine(response.status, out);
  AppendHeaders(response.headers, style, out);
  if (StatusHasBody(response.status)) {
    const bool is_told = style.is_head && response.body.empty();
    AppendLength(is_told ? AnnouncedLength(response.headers).value_or(0) : response.body.size(),
                 out);
  }
  AppendConnection(style, out);
}

Framing AppendStreamHead(const Response& head, AnswerStyle& style, std::string& out) {
  AppendStatusLine(head.status, out);
  AppendHeaders(head.headers, style, out);
  Framing framing;
  const auto length = AnnouncedLength(head.headers);
  if (length && StatusHasBody(head.status)) AppendLength(*length, out);
  if (HasBody(head.status, style)) {
    if (length) {
      framing = {.kind = Framing::Kind::kLength, .length = *length};
    } else if (style.is_http_1_0) {
      framing.kind = Framing::Kind::kToClose;
      style.keep_alive = false;
    } else {
      framing.kind = Framing::Kind::kChunks;
      AppendHeader("Transfer-Encoding", "chunked", out);
    }
  }
  AppendConnection(style, out);
  return framing;
}

}  // namespace openfc::http
