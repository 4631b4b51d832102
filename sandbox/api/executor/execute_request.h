#pragma once

#include "runtime/http/request.h"
#include "runtime/http/response.h"

#include <chrono>
#include <string>
#include <variant>

namespace openfc::sandbox {

/// The body of POST /execute and /validate.
struct ExecuteRequest {
  std::string code;
  std::chrono::seconds timeout{30};
};

/// Reads a body as FastAPI 0.1xx with pydantic 2 does, down to its errors: the answer is then a 422
/// that lists them, or the 400 for what nests too deep.
std::variant<ExecuteRequest, http::Response> ReadExecuteRequest(const http::Request& request);

}  // namespace openfc::sandbox
