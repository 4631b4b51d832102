#include "sandbox/service/cross_origin.h"

#include <string>

namespace openfc::sandbox {

http::HeaderList CrossOriginHeaders(const http::Request& request) {
  const auto origin = request.Header("origin");
  if (!origin) return {};
  return {{"Access-Control-Allow-Origin", std::string(*origin)},
          {"Access-Control-Allow-Credentials", "true"},
          {"Vary", "Origin"}};
}

std::optional<http::Response> AnswerPreflight(const http::Request& request) {
  const auto method = request.Header("access-control-request-method");
  if (request.method() != "OPTIONS" || !method || !request.Header("origin")) return std::nullopt;
  http::Response response{
      .status = 200,
      .headers = {{"Content-Type", "text/plain; charset=utf-8"},
                  {"Access-Control-Allow-Methods", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"},
                  {"Access-Control-Max-Age", "600"}},
      .body = "OK"};
  if (const auto headers = request.Header("access-control-request-headers")) {
    response.headers.emplace_back("Access-Control-Allow-Headers", std::string(*headers));
  }
  return response;
}

}  // namespace openfc::sandbox
