#pragma once

#include "runtime/base/dialect.h"
#include "runtime/base/error.h"
#include "runtime/config/environment.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace openfc {

/// Where a Runtime API is reached: the value of FC_RUNTIME_API or AWS_LAMBDA_RUNTIME_API.
struct ApiAddress {
  std::string host;  // A name or an address; an IPv6 address without its brackets.
  std::uint16_t port = 0;

  friend bool operator==(const ApiAddress&, const ApiAddress&) = default;
};

/// `host:port`, or `[v6]:port`. kInvalidArgument with a sentence that names `variable`.
Expected<ApiAddress> ParseApiAddress(std::string_view variable, std::string_view text);

/// How an instance gets its invocations (fc-runtime-api.md, section 9). Only what can be served has
/// a value here: the HTTP mode is refused in a sentence until it exists.
struct Mode {
  Dialect dialect = Dialect::kFc;
  ApiAddress api;
};

/// The mode that the environment asks for; `wants_http` is the flag --http. kInvalidArgument when
/// it is contradictory, malformed or not served yet.
Expected<Mode> ChooseMode(const Environment& environment, bool wants_http);

}  // namespace openfc
