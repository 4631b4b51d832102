#pragma once

#include "runtime/base/error.h"
#include "runtime/config/environment.h"
#include "runtime/config/http_config.h"
#include "runtime/config/lambda_config.h"
#include "runtime/config/mode.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc {

/// Which attributes `context` has: FC's runtimes up to 3.10, or those from 3.12 on.
enum class ContextShape { kByPythonVersion, kFc2, kFc3 };

/// How the function's log records are written: FC's own line, or a JSON object in one line.
enum class LogFormat { kText, kJson };

/// What the runtime reads of its environment (fc-runtime-api.md, section 2), once, before the
/// removal of the platform's variables.
struct RuntimeConfig {
  Mode mode;
  std::string code_path = "/code";
  std::string handler;  // FC_FUNCTION_HANDLER; empty: the first invocation says it.
  std::size_t concurrent_limit = 1;
  bool is_limit_set = false;       // FC_CONCURRENT_LIMIT says the limit: it is not the default.
  std::size_t workers = 1;         // OPENFC_WORKERS, as asked; `auto` is a number already.
  std::string log_level = "INFO";  // A Python level name, upper case; anything else is INFO.
  LogFormat log_format = LogFormat::kText;  // OPENFC_LOG_FORMAT
  bool is_snapshot = false;
  std::optional<int> debug_port;  // OPENFC_DEBUG_PORT: an IDE attaches there first.
  std::optional<int> log_fd;      // _FC_LOG_FD: framed logs (section 6).
  std::optional<int> page_fd;     // OPENFC_PAGE_FD: the shared page that rloader made.
  std::optional<int> timer_fd;    // OPENFC_TIMER_FD: rloader's timer, to be set for deadlines.
  std::optional<int> stacks_fd;   // OPENFC_STACKS_FD: where stacks are written to, for rloader.
  std::optional<int> wake_fd;     // OPENFC_WAKE_FD: a byte written there makes rloader look.
  std::optional<int> listen_fd;   // OPENFC_LISTEN_FD: the HTTP mode's socket, which listens.
  std::optional<int> metrics_fd;  // OPENFC_METRICS_FD: the same, for the metrics.
  ContextShape context_shape = ContextShape::kByPythonVersion;
  std::size_t max_response_bytes = 32U * 1024 * 1024;  // OPENFC_MAX_RESPONSE_BYTES
  HttpConfig http;                                     // In the HTTP mode.
  LambdaConfig lambda;  // In AWS's dialect, where FC's own variables are nothing special.

  /// kInvalidArgument with a sentence when the mode cannot be chosen or a variable of ours
  /// (OPENFC_*) says nonsense; what the platform sets falls back to its default.
  static Expected<RuntimeConfig> From(const Environment& environment);
};

/// The variables that user code and its children must not see: all of FC_* and _FC_* but a list,
/// and the numbers of the descriptors that rloader hands down. In AWS's dialect: those numbers and
/// the log's.
std::vector<std::string> HiddenVariables(const Environment& environment,
                                         Dialect dialect = Dialect::kFc);

}  // namespace openfc
