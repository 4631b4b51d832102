#include "runtime/config/lambda_config.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace openfc {
namespace {

std::string UpperCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return text;
}

std::string LogLevel(const Environment& environment) {
  const std::string level = Find(environment, "AWS_LAMBDA_LOG_LEVEL").value_or("");
  return level == "TRACE" ? "DEBUG" : UpperCase(level);
}

/// The runtimes of these names write their JSON in UTF-8; the older ones, in ASCII.
bool KeepsUnicode(const Environment& environment) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"AWS_Lambda_python3.12", "AWS_Lambda_python3.13",
                                       "AWS_Lambda_python3.14", "AWS_Lambda_python3.15"});
  const auto name = Find(environment, "AWS_EXECUTION_ENV");
  return name && std::find(kNames.begin(), kNames.end(), *name) != kNames.end();
}

}  // namespace

Expected<LambdaConfig> LambdaConfig::From(const Environment& environment) {
  LambdaConfig config;
  const auto handler = Find(environment, "_HANDLER");
  if (!handler) {
    return Error{ErrorCode::kInvalidArgument,
                 "_HANDLER is not set: it names the function, as in index.handler"};
  }
  config.handler = *handler;
  config.log_is_json = UpperCase(Find(environment, "AWS_LAMBDA_LOG_FORMAT").value_or("")) == "JSON";
  config.log_level = LogLevel(environment);
  config.log_fd = FindDescriptor(environment, "_LAMBDA_TELEMETRY_LOG_FD");
  config.keeps_unicode = KeepsUnicode(environment);
  return config;
}

}  // namespace openfc
