#include "sandbox/service/operator_routes.h"

#include "sandbox/service/dialect.h"

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>
#include <spdlog/fmt/ranges.h>

namespace openfc::sandbox {
namespace {

bool IsGet(const http::Request& request, std::string_view path) {
  return (request.method() == "GET" || request.method() == "HEAD") && request.path() == path;
}

}  // namespace

std::optional<http::Response> AnswerHealth(const http::Request& request) {
  if (!IsGet(request, "/v1/health")) return std::nullopt;
  return JsonAnswer(200, R"({"status":"ok"})");
}

std::optional<http::Response> AnswerIsolation(const http::Request& request,
                                              const IsolationLevel& level) {
  if (!IsGet(request, "/v1/isolation")) return std::nullopt;
  const nlohmann::ordered_json document{{"profile", level.profile}, {"missing", level.missing}};
  return JsonAnswer(200, document.dump());
}

bool AsksForMetrics(const http::Request& request) { return IsGet(request, "/metrics"); }

std::string IsolationHeader(const IsolationLevel& level) {
  if (level.missing.empty()) return level.profile;
  return fmt::format("{}; missing={}", level.profile, fmt::join(level.missing, ","));
}

}  // namespace openfc::sandbox
