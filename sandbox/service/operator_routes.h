#pragma once

#include "runtime/http/request.h"
#include "runtime/http/response.h"
#include "sandbox/executor/executor.h"

#include <optional>
#include <string>

namespace openfc::sandbox {

/// GET /v1/health, which says that the service answers, and is open to everybody.
std::optional<http::Response> AnswerHealth(const http::Request& request);

/// GET /v1/isolation: the profile, and the properties that nothing keeps.
std::optional<http::Response> AnswerIsolation(const http::Request& request,
                                              const IsolationLevel& level);

/// Whether GET /metrics is asked for.
bool AsksForMetrics(const http::Request& request);

/// The level in a header's value: `full`, or `unpriv; missing=P6,P8`.
std::string IsolationHeader(const IsolationLevel& level);

inline constexpr const char* kIsolationHeader = "X-Fcsandbox-Isolation";

}  // namespace openfc::sandbox
