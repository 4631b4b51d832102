#include "runtime/wire/http_trigger.h"

#include "runtime/wire/encoding.h"

#include <nlohmann/json.hpp>
#include <spdlog/fmt/chrono.h>

#include <algorithm>
#include <array>
#include <utility>

namespace openfc::wire {
namespace {

using Json = nlohmann::ordered_json;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

/// Values of the same name joined by commas, in the order in which the names come.
void Add(Json& object, const std::string& name, std::string_view value) {
  const auto found = object.find(name);
  if (found == object.end()) {
    object[name] = value;
  } else {
    *found = found->get_ref<const std::string&>() + "," + std::string(value);
  }
}

Json HeadersOf(const HttpRequest& request) {
  Json headers = Json::object();
  for (const auto& [name, value] : request.headers) {
    if (!IsReservedRequestHeader(name)) Add(headers, GoHeaderCase(name), value);
  }
  return headers;
}

Json QueryOf(std::string_view target) {
  Json query = Json::object();
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return query;
  std::string_view rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    Add(query, DecodePercent(pair.substr(0, equals), /*is_query=*/true),
        DecodePercent(value, /*is_query=*/true));
  }
  return query;
}

/// The platform tells by the type; where that says nothing, by the bytes.
bool IsBinary(std::string_view content_type, std::string_view body) {
  constexpr auto kBinary = std::to_array<std::string_view>(
      {"image/", "audio/", "video/", "application/zip", "application/gzip", "application/pdf",
       "application/x-gzip", "application/x-tar", "multipart/"});
  const std::string type = LowerCase(content_type);
  const bool says_so = std::any_of(kBinary.begin(), kBinary.end(), [&](std::string_view prefix) {
    return type.starts_with(prefix);
  });
  return !body.empty() && (says_so || !IsUtf8(body));
}

std::string ValueOf(const HttpRequest& request, std::string_view name) {
  return std::string(FindHeader(request.headers, name).value_or(std::string_view()));
}

Json ContextOf(const HttpRequest& request, const Invocation& invocation,
               std::chrono::system_clock::time_point now) {
  const auto since_epoch = now.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(since_epoch).count();
  const std::string host = ValueOf(request, "host");
  const std::string domain = host.substr(0, host.find(':'));
  const std::string path = request.target.substr(0, request.target.find('?'));
  const std::string& client =
      invocation.client_ip.empty() ? request.client_address : invocation.client_ip;
  return {{"accountId", invocation.account_id},
          {"domainName", domain},
          {"domainPrefix", domain.substr(0, domain.find('.'))},
          {"triggerId", ""},
          {"requestId", invocation.request_id},
          {"time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds.count()))},
          {"timeEpoch", std::to_string(ms)},
          {"http",
           {{"method", request.method},
            {"path", DecodePercent(path)},
            {"protocol", request.is_http_1_0 ? "HTTP/1.0" : "HTTP/1.1"},
            {"sourceIp", client},
            {"userAgent", ValueOf(request, "user-agent")}}}};
}

Error BadAnswer(const std::string& what) {
  return Error{ErrorCode::kProtocol, "The function's answer " + what};
}

Expected<int> StatusOf(const Json& code) {
  constexpr int kLowest = 200;
  constexpr int kHighest = 599;
  int status = 0;
  if (code.is_number_integer()) {
    status = static_cast<int>(std::clamp<std::int64_t>(code.get<std::int64_t>(), 0, kHighest + 1));
  } else if (code.is_string()) {
    const auto& text = code.get_ref<const std::string&>();
    const bool is_number = text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) {
                             return c >= '0' && c <= '9';
                           });
    status = is_number ? std::stoi(text) : 0;
  }
  if (status >= kLowest && status <= kHighest) return status;
  return BadAnswer("has the statusCode " +
                   code.dump(-1, ' ', true, Json::error_handler_t::replace) +
                   ", but it must be a whole number from 200 to 599");
}

/// Strings as they are, the rest as JSON.
std::string TextOf(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Expected<HeaderList> AnswerHeadersOf(const Json& object) {
  HeaderList headers;
  const auto found = object.find("headers");
  if (found == object.end() || found->is_null()) return headers;
  if (!found->is_object()) return BadAnswer("has headers that are no JSON object");
  for (const auto& [name, value] : found->items()) {
    if (!value.is_array()) {
      headers.emplace_back(name, TextOf(value));
      continue;
    }
    for (const Json& one : value) headers.emplace_back(name, TextOf(one));
  }
  return headers;
}

Expected<HttpAnswer> AnswerOf(const Json& object) {
  HttpAnswer answer;
  const auto status = StatusOf(object.at("statusCode"));
  if (!status) return status.error();
  answer.status = *status;
  auto headers = AnswerHeadersOf(object);
  if (!headers) return headers.error();
  answer.headers = *std::move(headers);
  const auto body = object.find("body");
  if (body != object.end()) answer.body = TextOf(*body);
  const auto encoded = object.find("isBase64Encoded");
  if (encoded == object.end() || *encoded != Json(true)) return answer;
  auto bytes = DecodeBase64(answer.body);
  if (!bytes) return BadAnswer("says isBase64Encoded, but its body is not base64");
  answer.body = *std::move(bytes);
  return answer;
}

/// Parsed only where it may be such an object at all.
bool MayBeAnswer(std::string_view result) {
  const auto first = result.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && result[first] == '{' &&
         result.find("\"statusCode\"") != std::string_view::npos;
}

}  // namespace

bool IsReservedRequestHeader(std::string_view name) { return LowerCase(name).starts_with("x-fc-"); }

std::string GoHeaderCase(std::string_view name) {
  std::string cased(name);
  bool begins_word = true;
  for (char& c : cased) {
    c = begins_word ? Upper(c) : Lower(c);
    begins_word = c == '-';
  }
  return cased;
}

std::string HttpTriggerEvent(const HttpRequest& request, std::string_view body,
                             const Invocation& invocation,
                             std::chrono::system_clock::time_point now) {
  const bool is_binary = IsBinary(ValueOf(request, "content-type"), body);
  const Json event = {{"version", "v1"},
                      {"rawPath", request.target.substr(0, request.target.find('?'))},
                      {"headers", HeadersOf(request)},
                      {"queryParameters", QueryOf(request.target)},
                      {"body", is_binary ? EncodeBase64(body) : std::string(body)},
                      {"isBase64Encoded", is_binary},
                      {"requestContext", ContextOf(request, invocation, now)}};
  return event.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Expected<HttpAnswer> ReadHttpTriggerResult(std::string result) {
  if (MayBeAnswer(result)) {
    const Json object = Json::parse(result, nullptr, /*allow_exceptions=*/false);
    if (object.is_object() && object.contains("statusCode")) return AnswerOf(object);
  }
  return HttpAnswer{
      .status = 200, .headers = {{"Content-Type", "application/json"}}, .body = std::move(result)};
}

bool IsReservedAnswerHeader(std::string_view name) {
  constexpr auto kReserved = std::to_array<std::string_view>(
      {"connection", "content-length", "date", "keep-alive", "proxy-connection", "server", "te",
       "trailer", "transfer-encoding", "upgrade"});
  const std::string lower = LowerCase(name);
  return lower.starts_with("x-fc-") ||
         std::find(kReserved.begin(), kReserved.end(), lower) != kReserved.end();
}

std::optional<std::string_view> FindHeader(const HeaderList& headers, std::string_view name) {
  const std::string wanted = LowerCase(name);
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return LowerCase(header.first) == wanted;
  });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

}  // namespace openfc::wire
