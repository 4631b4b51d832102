#include "emulator/function_definition.h"

#include "emulator/platform_limits.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string_view>
#include <system_error>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr auto kArchives = std::to_array<std::string_view>({".zip", ".jar", ".war"});
constexpr auto kReserved =
    std::to_array<std::string_view>({"accessKeyID", "accessKeySecret", "securityToken", "topic"});

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsWordCharacter(char c) { return IsLetter(c) || (c >= '0' && c <= '9') || c == '_'; }

Status CheckCode(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return Invalid("the code " + path + " does not exist");
  if (std::filesystem::is_directory(status)) return Ok();
  const bool is_archive =
      std::any_of(kArchives.begin(), kArchives.end(),
                  [&path](std::string_view ending) { return path.ends_with(ending); });
  if (is_archive) return Ok();
  return Invalid("the code " + path + " is neither a folder nor a zip, jar or war");
}

Status CheckAtLeast(std::int64_t least, const std::string& unit,
                    std::initializer_list<std::pair<const char*, std::int64_t>> numbers) {
  for (const auto& [what, number] : numbers) {
    if (number < least) {
      return Invalid(std::string(what) + " must be at least " + std::to_string(least) + unit);
    }
  }
  return Ok();
}

Status CheckHook(const std::string& name, const std::optional<HookDefinition>& hook) {
  if (!hook || hook->timeout.count() >= 1) return Ok();
  return Invalid("the timeout of the " + name + " must be at least 1 second");
}

Status CheckHooks(const FunctionDefinition& function) {
  Status fits = CheckHook("initializer", function.initializer);
  if (fits) fits = CheckHook("pre-freeze hook", function.pre_freeze);
  if (fits) fits = CheckHook("pre-stop hook", function.pre_stop);
  return fits;
}

Status CheckHealth(const HealthCheck& health) {
  if (!health.path.starts_with('/')) {
    return Invalid("the health check's path '" + health.path + "' must begin with /");
  }
  Status fits = CheckAtLeast(0, " seconds",
                             {{"the health check's initial delay", health.initial_delay.count()}});
  if (fits) {
    fits = CheckAtLeast(1, " second",
                        {{"the health check's period", health.period.count()},
                         {"the health check's timeout", health.timeout.count()}});
  }
  if (!fits) return fits.error();
  return CheckAtLeast(1, "",
                      {{"the health check's failure threshold", health.failure_threshold},
                       {"the health check's success threshold", health.success_threshold}});
}

/// What no option lifts: numbers that mean nothing outside of their span.
Status CheckNumbers(const FunctionDefinition& function) {
  const AsyncConfig& async = function.async;
  Status fits = CheckAtLeast(1, " second", {{"the timeout", function.timeout.count()}});
  if (fits) fits = CheckAtLeast(1, " MB", {{"the memory size", function.memory_mb}});
  if (fits) {
    fits = CheckAtLeast(1, "", {{"the instance concurrency", function.instance_concurrency}});
  }
  if (fits) {
    fits = CheckAtLeast(1, " second", {{"the age of asynchronous events", async.max_age.count()}});
  }
  if (!fits) return fits.error();
  return CheckAtLeast(0, "", {{"the number of asynchronous retries", async.max_retries}});
}

Status CheckEnvironment(const Variables& environment) {
  for (const auto& [name, value] : environment) {
    if (const Status checked = CheckVariableName(name); !checked) return checked.error();
    if (value.find('\0') != std::string::npos) {
      return Invalid("the value of the environment variable " + name + " holds a null byte");
    }
  }
  return Ok();
}

}  // namespace

Status CheckVariableName(const std::string& name) {
  // The platform's extensions are set up by variables of their own.
  const bool is_ours = name.starts_with("FC_") && !name.starts_with("FC_EXTENSION");
  const bool is_reserved =
      is_ours || std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
  if (is_reserved) {
    return Invalid("the environment variable " + name +
                   " is reserved: the platform sets it, so choose another name");
  }
  const bool is_name = !name.empty() && IsLetter(name.front()) &&
                       std::all_of(name.begin(), name.end(), IsWordCharacter);
  if (!is_name) {
    return Invalid("'" + name +
                   "' is no name for an environment variable: the platform takes letters, digits "
                   "and _, with a letter first");
  }
  return Ok();
}

Status CheckDefinition(const FunctionDefinition& function, PlatformLimits limits) {
  Status fits = CheckCode(function.code_path);
  if (fits) fits = CheckEnvironment(function.environment);
  if (fits) fits = CheckNumbers(function);
  if (fits) fits = CheckHooks(function);
  if (fits && function.custom && function.custom->health) {
    fits = CheckHealth(*function.custom->health);
  }
  if (!fits || limits == PlatformLimits::kLifted) return fits;
  return CheckPlatformLimits(function);
}

}  // namespace openfc::emulator
