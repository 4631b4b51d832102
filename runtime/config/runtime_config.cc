#include "runtime/config/runtime_config.h"

#include "runtime/config/worker_count.h"

#include <algorithm>
#include <array>

namespace openfc {
namespace {

constexpr auto kKept = std::to_array<std::string_view>(
    {"FC_FUNC_CODE_PATH", "FC_FUNCTION_MEMORY_SIZE", "FC_RUNTIME_VERSION", "FC_ACCOUNT_ID",
     "FC_FUNCTION_HANDLER", "FC_FUNCTION_NAME", "FC_SERVICE_NAME", "FC_VER_ID", "FC_QUALIFIER",
     "FC_REGION", "FC_INSTANCE_ID", "FC_SNAPSHOT_FLAG"});

constexpr auto kFromRloader =
    std::to_array<std::string_view>({"OPENFC_PAGE_FD", "OPENFC_TIMER_FD", "OPENFC_STACKS_FD",
                                     "OPENFC_WAKE_FD", "OPENFC_LISTEN_FD", "OPENFC_METRICS_FD"});

bool IsHidden(std::string_view name, Dialect dialect) {
  const auto is_among = [name](const auto& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (is_among(kFromRloader)) return true;
  if (dialect == Dialect::kAws) return name == "_LAMBDA_TELEMETRY_LOG_FD";
  return (name.starts_with("FC_") || name.starts_with("_FC_")) && !is_among(kKept);
}

Expected<ContextShape> ShapeOf(const Environment& environment) {
  const auto name = Find(environment, "OPENFC_CONTEXT");
  if (!name) return ContextShape::kByPythonVersion;
  if (*name == "fc2") return ContextShape::kFc2;
  if (*name == "fc3") return ContextShape::kFc3;
  return Error{ErrorCode::kInvalidArgument,
               "OPENFC_CONTEXT is '" + *name + "', but must be fc2 or fc3"};
}

Expected<LogFormat> FormatOf(const Environment& environment) {
  const auto name = Find(environment, "OPENFC_LOG_FORMAT");
  if (!name || *name == "text") return LogFormat::kText;
  if (*name == "json") return LogFormat::kJson;
  return Error{ErrorCode::kInvalidArgument,
               "OPENFC_LOG_FORMAT is '" + *name + "', but must be text or json"};
}

Expected<std::size_t> MaxResponseBytes(const Environment& environment, std::size_t otherwise) {
  const auto text = Find(environment, "OPENFC_MAX_RESPONSE_BYTES");
  if (!text) return otherwise;
  const auto number = FindNumber(environment, "OPENFC_MAX_RESPONSE_BYTES");
  if (number && *number > 0) return static_cast<std::size_t>(*number);
  return Error{ErrorCode::kInvalidArgument,
               "OPENFC_MAX_RESPONSE_BYTES is '" + *text + "', but must be a whole number above 0"};
}

Expected<std::optional<int>> DebugPort(const Environment& environment) {
  constexpr long kMostPort = 65535;
  const auto text = Find(environment, "OPENFC_DEBUG_PORT");
  if (!text) return std::optional<int>();
  const auto number = FindNumber(environment, "OPENFC_DEBUG_PORT");
  if (number && *number > 0 && *number <= kMostPort) {
    return std::optional<int>(static_cast<int>(*number));
  }
  return Error{ErrorCode::kInvalidArgument,
               "OPENFC_DEBUG_PORT is '" + *text + "', but must be a port"};
}

Status ReadAsFc(const Environment& environment, RuntimeConfig& config) {
  config.code_path = Find(environment, "FC_FUNC_CODE_PATH").value_or(config.code_path);
  config.handler = Find(environment, "FC_FUNCTION_HANDLER").value_or("");
  const long limit = FindNumber(environment, "FC_CONCURRENT_LIMIT").value_or(0);
  config.is_limit_set = limit >= 1;
  config.concurrent_limit = static_cast<std::size_t>(std::max(1L, limit));
  config.log_level = Find(environment, "FC_SERVER_LOG_LEVEL").value_or(config.log_level);
  config.is_snapshot = Find(environment, "FC_SNAPSHOT_FLAG") == "1";
  config.log_fd = FindDescriptor(environment, "_FC_LOG_FD");
  const auto shape = ShapeOf(environment);
  if (!shape) return shape.error();
  config.context_shape = *shape;
  const auto format = FormatOf(environment);
  if (!format) return format.error();
  config.log_format = *format;
  const auto port = DebugPort(environment);
  if (!port) return port.error();
  config.debug_port = *port;
  return Ok();
}

/// FC's default for what serves HTTP itself.
constexpr const char* kDefaultHandler = "index.handler";

Status ReadAsHttp(const Environment& environment, RuntimeConfig& config) {
  auto http = HttpConfig::From(environment);
  if (!http) return http.error();
  config.http = *std::move(http);
  if (config.handler.empty()) config.handler = kDefaultHandler;
  config.listen_fd = FindDescriptor(environment, "OPENFC_LISTEN_FD");
  config.metrics_fd = FindDescriptor(environment, "OPENFC_METRICS_FD");
  return Ok();
}

Status ReadAsAws(const Environment& environment, RuntimeConfig& config) {
  auto lambda = LambdaConfig::From(environment);
  if (!lambda) return lambda.error();
  config.code_path = Find(environment, "LAMBDA_TASK_ROOT").value_or("/var/task");
  config.lambda = *std::move(lambda);
  return Ok();
}

}  // namespace

Expected<RuntimeConfig> RuntimeConfig::From(const Environment& environment) {
  auto mode = ChooseMode(environment, /*wants_http=*/false);
  if (!mode) return mode.error();
  RuntimeConfig config;
  config.mode = *std::move(mode);
  const Status read = config.mode.dialect == Dialect::kAws ? ReadAsAws(environment, config)
                                                           : ReadAsFc(environment, config);
  if (!read) return read.error();
  if (config.mode.is_http) {
    if (const Status http = ReadAsHttp(environment, config); !http) return http.error();
  }
  config.page_fd = FindDescriptor(environment, "OPENFC_PAGE_FD");
  config.timer_fd = FindDescriptor(environment, "OPENFC_TIMER_FD");
  config.stacks_fd = FindDescriptor(environment, "OPENFC_STACKS_FD");
  config.wake_fd = FindDescriptor(environment, "OPENFC_WAKE_FD");
  const auto workers = WorkersAsked(environment);
  if (!workers) return workers.error();
  config.workers = *workers;
  const auto max_response = MaxResponseBytes(environment, config.max_response_bytes);
  if (!max_response) return max_response.error();
  config.max_response_bytes = *max_response;
  return config;
}

std::vector<std::string> HiddenVariables(const Environment& environment, Dialect dialect) {
  std::vector<std::string> hidden;
  for (const auto& [name, value] : environment) {
    if (IsHidden(name, dialect)) hidden.push_back(name);
  }
  return hidden;
}

}  // namespace openfc
