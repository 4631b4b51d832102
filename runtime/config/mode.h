#pragma once

#include "runtime/base/api_address.h"
#include "runtime/base/dialect.h"
#include "runtime/base/error.h"
#include "runtime/config/environment.h"

#include <string_view>

namespace openfc {

/// `host:port`, or `[v6]:port`. kInvalidArgument with a sentence that names `variable`.
Expected<ApiAddress> ParseApiAddress(std::string_view variable, std::string_view text);

/// How an instance gets its invocations (fc-runtime-api.md, section 9): it polls a Runtime API, or
/// it is an HTTP server.
struct Mode {
  Dialect dialect = Dialect::kFc;
  ApiAddress api;        // Counts unless `is_http`.
  bool is_http = false;  // And then the dialect is FC's.
};

/// The mode that the environment asks for: HTTP where it names no Runtime API. `wants_http` is the
/// flag --http. kInvalidArgument when it is contradictory or malformed.
Expected<Mode> ChooseMode(const Environment& environment, bool wants_http);

}  // namespace openfc
