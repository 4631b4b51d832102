#include "emulator/service_file/custom_runtime_section.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace openfc::emulator {
namespace {

Status ReadCommand(YamlSection& section, CustomRuntime& runtime) {
  std::vector<std::string> arguments;
  Status read = Take(section.List("command"), runtime.command);
  if (read) read = Take(section.List("args"), arguments);
  if (!read) return read.error();
  if (runtime.command.empty() && !arguments.empty()) {
    return section.Refusal("args", "has arguments, but there is no command that takes them");
  }
  for (std::string& argument : arguments) runtime.command.push_back(std::move(argument));
  return Ok();
}

Status ReadPort(YamlSection& section, const char* key, CustomRuntime& runtime) {
  const auto port = section.Int(key);
  if (!port) return port.error();
  if (!*port) return Ok();
  if (**port < 1 || **port > std::numeric_limits<std::uint16_t>::max()) {
    return section.Refusal(key, "is " + std::to_string(**port) + ", but ports are 1 to 65535");
  }
  runtime.port = static_cast<std::uint16_t>(**port);
  return Ok();
}

Status ReadHealthCheck(YamlSection& section, const char* key, CustomRuntime& runtime,
                       std::vector<std::string>& without_effect) {
  auto found = section.Section(key);
  if (!found) return found.error();
  if (!*found) return Ok();
  YamlSection& check = **found;
  HealthCheck health;
  Status read = Take(check.RequiredText("httpGetUrl"), health.path);
  if (read) read = Take(check.Number("initialDelaySeconds"), health.initial_delay);
  if (read) read = Take(check.Number("periodSeconds"), health.period);
  if (read) read = Take(check.Number("timeoutSeconds"), health.timeout);
  if (read) read = Take(check.Int("failureThreshold"), health.failure_threshold);
  if (read) read = Take(check.Int("successThreshold"), health.success_threshold);
  check.ListUnread(without_effect);
  runtime.health = std::move(health);
  return read;
}

}  // namespace

Status ReadCustomRuntime(YamlSection& function, ServiceFunction& into) {
  CustomRuntime& runtime = into.definition.custom.emplace();
  const bool is_fc3 = into.definition.edition == Edition::kFc3;
  auto config = function.Section("customRuntimeConfig");
  if (!config) return config.error();
  Status read = Ok();
  if (*config) {
    read = ReadCommand(**config, runtime);
    if (read && is_fc3) read = ReadPort(**config, "port", runtime);
    if (read && is_fc3) {
      read = ReadHealthCheck(**config, "healthCheckConfig", runtime, into.without_effect);
    }
    (*config)->ListUnread(into.without_effect);
  }
  if (!read || is_fc3) return read;
  read = ReadPort(function, "caPort", runtime);
  if (!read) return read.error();
  return ReadHealthCheck(function, "customHealthCheckConfig", runtime, into.without_effect);
}

}  // namespace openfc::emulator
