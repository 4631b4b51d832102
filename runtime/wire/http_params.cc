#include "runtime/wire/http_params.h"

#include "runtime/wire/encoding.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace openfc::wire {
namespace {

using Json = nlohmann::ordered_json;

// What an HTTP status can be.
constexpr int kLeastStatus = 100;
constexpr int kMostStatus = 599;

Error NoAnswer(const std::string& why) {
  return {ErrorCode::kProtocol, "the function's x-fc-http-params " + why};
}

Json HeadersMap(const HttpRequest& request) {
  Json map = Json::object();
  for (const auto& [name, value] : request.headers) {
    if (!IsReservedRequestHeader(name)) map[GoHeaderCase(name)].push_back(value);
  }
  return map;
}

Json QueriesMap(std::string_view target) {
  Json map = Json::object();
  const auto mark = target.find('?');
  std::string_view rest = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    map[DecodePercent(pair.substr(0, equals), true)].push_back(DecodePercent(value, true));
  }
  return map;
}

/// A list of texts, or one.
bool AddValues(const std::string& name, const Json& values, HeaderList& headers) {
  if (values.is_string()) {
    headers.emplace_back(name, values.get<std::string>());
    return true;
  }
  if (!values.is_array()) return false;
  for (const Json& value : values) {
    if (!value.is_string()) return false;
    headers.emplace_back(name, value.get<std::string>());
  }
  return true;
}

}  // namespace

std::string WriteHttpParams(const HttpRequest& request, std::string_view path) {
  const auto host = FindHeader(request.headers, "host");
  const Json params = {{"path", path},
                       {"method", request.method},
                       {"requestURI", request.target},
                       {"clientIP", request.client_address},
                       {"host", host.value_or("")},
                       {"queriesMap", QueriesMap(request.target)},
                       {"headersMap", HeadersMap(request)}};
  return EncodeBase64(params.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Expected<HttpAnswer> ReadHttpParamsAnswer(std::string_view params) {
  const auto text = DecodeBase64(params);
  if (!text) return NoAnswer("is no base64");
  const Json parsed = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return NoAnswer("is no JSON object");
  const auto status = parsed.find("status");
  if (status == parsed.end() || !status->is_number_integer()) return NoAnswer("has no status");
  HttpAnswer answer{.status = status->get<int>(), .headers = {}, .body = {}};
  if (answer.status < kLeastStatus || answer.status > kMostStatus) {
    return NoAnswer("has the status " + std::to_string(answer.status) + ", which is none");
  }
  const auto headers = parsed.find("headersMap");
  if (headers == parsed.end() || headers->is_null()) return answer;
  if (!headers->is_object()) return NoAnswer("has a headersMap that is no object");
  for (const auto& [name, values] : headers->items()) {
    if (IsReservedAnswerHeader(name)) continue;
    if (!AddValues(name, values, answer.headers)) {
      return NoAnswer("has values of " + name + " that are no list of texts");
    }
  }
  return answer;
}

}  // namespace openfc::wire
