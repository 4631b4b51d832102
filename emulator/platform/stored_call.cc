#include "emulator/platform/stored_call.h"

#include "runtime/wire/encoding.h"

#include <nlohmann/json.hpp>

#include <string_view>
#include <utility>

namespace openfc::emulator {
namespace {

using nlohmann::json;

// No qualifier looks so. Behind it stands base64 of CBOR: headers may hold any bytes.
constexpr std::string_view kMark = "call:";

json DocumentOf(const HttpRequest& http) {
  return {{"method", http.method},           {"target", http.target},
          {"is_http_1_0", http.is_http_1_0}, {"headers", http.headers},
          {"base_path", http.base_path},     {"client_address", http.client_address},
          {"client_port", http.client_port}, {"server_address", http.server_address},
          {"server_port", http.server_port}};
}

HttpRequest HttpRequestOf(const json& document) {
  HttpRequest http;
  document.at("method").get_to(http.method);
  document.at("target").get_to(http.target);
  document.at("is_http_1_0").get_to(http.is_http_1_0);
  document.at("headers").get_to(http.headers);
  document.at("base_path").get_to(http.base_path);
  document.at("client_address").get_to(http.client_address);
  document.at("client_port").get_to(http.client_port);
  document.at("server_address").get_to(http.server_address);
  document.at("server_port").get_to(http.server_port);
  return http;
}

void ReadDocument(const json& document, Call& call) {
  document.at("qualifier").get_to(call.qualifier);
  if (const auto http = document.find("http"); http != document.end()) {
    call.http = HttpRequestOf(*http);
  }
  if (const auto params = document.find("http_params"); params != document.end()) {
    call.http_params = params->get<std::string>();
  }
}

}  // namespace

std::string WriteCallHead(const Call& call) {
  if (!call.http && !call.http_params) return call.qualifier;
  json document = {{"qualifier", call.qualifier}};
  if (call.http) document["http"] = DocumentOf(*call.http);
  if (call.http_params) document["http_params"] = *call.http_params;
  const std::vector<std::uint8_t> bytes = json::to_cbor(document);
  return std::string(kMark) + wire::EncodeBase64(std::string(bytes.begin(), bytes.end()));
}

void ReadCallHead(const std::string& head, Call& call) {
  if (!head.starts_with(kMark)) {
    call.qualifier = head;
    return;
  }
  const std::string_view text = head;
  const auto bytes = wire::DecodeBase64(text.substr(kMark.size()));
  try {
    Call read;
    ReadDocument(json::from_cbor(bytes.value_or("")), read);
    call.qualifier = std::move(read.qualifier);
    call.http = std::move(read.http);
    call.http_params = std::move(read.http_params);
  } catch (const json::exception&) {  // Not ours: the file is anybody's to write.
    return;
  }
}

}  // namespace openfc::emulator
