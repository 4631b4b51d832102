#pragma once

#include "runtime/base/error.h"
#include "runtime/config/environment.h"

#include <optional>
#include <string>

namespace openfc {

/// What the runtime reads of its environment in AWS's dialect (fc-runtime-api.md, section 8).
struct LambdaConfig {
  std::string handler;         // _HANDLER
  bool log_is_json = false;    // AWS_LAMBDA_LOG_FORMAT
  std::string log_level;       // AWS_LAMBDA_LOG_LEVEL, upper case; TRACE is DEBUG.
  std::optional<int> log_fd;   // _LAMBDA_TELEMETRY_LOG_FD: framed logs.
  bool keeps_unicode = false;  // AWS_EXECUTION_ENV names Python 3.12 or later.

  /// kInvalidArgument with a sentence when there is no handler.
  static Expected<LambdaConfig> From(const Environment& environment);
};

}  // namespace openfc
