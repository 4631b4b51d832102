#include "emulator/commands/event_request.h"

#include "emulator/platform/http_triggers.h"
#include "emulator/signature/request_text.h"
#include "runtime/http/request.h"
#include "runtime/wire/encoding.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace openfc::emulator {
namespace {

using nlohmann::json;

constexpr const char* kHost = "127.0.0.1";

/// The text of a member; empty when there is none.
std::string TextIn(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// An object without members when there is none.
json ObjectIn(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : json::object();
}

std::string QueryOf(const json& parameters) {
  std::string query;
  for (const auto& [name, value] : parameters.items()) {
    query.append(query.empty() ? "?" : "&").append(EncodePercent(name)).append("=");
    if (value.is_string()) query.append(EncodePercent(value.get<std::string>()));
  }
  return query;
}

/// A path may have been set by hand, and not be encoded.
std::string EncodedPath(std::string path) {
  if (!path.starts_with('/')) path.insert(0, "/");
  std::string encoded;
  for (const char c : path) {
    const bool is_plain = c > ' ' && c < '\x7f' && c != '?' && c != '#';
    encoded += is_plain ? std::string(1, c) : EncodePercent(std::string(1, c));
  }
  return encoded;
}

}  // namespace

std::optional<EventRequest> RequestOfEvent(const std::string& event) {
  const json document = json::parse(event, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || TextIn(document, "version") != "v1") return std::nullopt;
  const std::string method =
      TextIn(ObjectIn(ObjectIn(document, "requestContext"), "http"), "method");
  if (method.empty()) return std::nullopt;
  EventRequest request = PlainRequest();
  request.http.method = method;
  request.http.target =
      EncodedPath(TextIn(document, "rawPath")) + QueryOf(ObjectIn(document, "queryParameters"));
  const json headers = ObjectIn(document, "headers");
  for (const auto& [name, value] : headers.items()) {
    if (!value.is_string() || http::EqualsIgnoringCase(name, "host")) continue;
    request.http.headers.emplace_back(name, value.get<std::string>());
  }
  request.body = TextIn(document, "body");
  if (document.value("isBase64Encoded", json(false)) == json(true)) {
    request.body = wire::DecodeBase64(request.body).value_or(request.body);
  }
  return request;
}

EventRequest PlainRequest() {
  return {.http = {.method = "GET",
                   .target = "/",
                   .is_http_1_0 = false,
                   .headers = {{"Host", kHost}},
                   .base_path = {},
                   .client_address = kHost,
                   .client_port = 0,
                   .server_address = kHost,
                   .server_port = 0}};
}

EventRequest AddressedTo(const FunctionDefinition& function, EventRequest request) {
  if (function.edition != Edition::kFc2) return request;
  std::string base = HttpTriggers::PathOf(function);
  base.pop_back();  // The slash, which the path has, too.
  request.http.target.insert(0, base);
  request.http.base_path = std::move(base);
  return request;
}

}  // namespace openfc::emulator
