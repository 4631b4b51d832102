#include "emulator/function_definition.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;

constexpr seconds kLongestTimeout{86400};
constexpr seconds kLongestInitializer{300};
constexpr seconds kLongestHook{90};
constexpr std::int64_t kLeastMemoryMb = 128;
constexpr std::int64_t kMostMemoryMb = 32768;
constexpr std::int64_t kMemoryStepMb = 64;
constexpr std::size_t kMostEnvironmentBytes = 4096;
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
  if (!std::filesystem::exists(status)) {
    return Invalid("the code folder " + path + " does not exist");
  }
  if (!std::filesystem::is_directory(status)) {
    return Invalid("the code " + path +
                   " is not a folder: this version runs folders only, so unpack it first");
  }
  return Ok();
}

Status CheckHook(const std::string& name, const std::optional<HookDefinition>& hook,
                 seconds longest, PlatformLimits limits) {
  if (!hook) return Ok();
  if (hook->timeout < seconds(1)) {
    return Invalid("the timeout of the " + name + " must be at least 1 second");
  }
  if (limits == PlatformLimits::kLifted || hook->timeout <= longest) return Ok();
  return Invalid("the timeout of the " + name + " is " + std::to_string(hook->timeout.count()) +
                 " s, but the platform takes 1 to " + std::to_string(longest.count()) +
                 " (--no-limits lifts this)");
}

Status CheckHooks(const FunctionDefinition& function, PlatformLimits limits) {
  Status fits = CheckHook("initializer", function.initializer, kLongestInitializer, limits);
  if (fits) fits = CheckHook("pre-freeze hook", function.pre_freeze, kLongestHook, limits);
  if (fits) fits = CheckHook("pre-stop hook", function.pre_stop, kLongestHook, limits);
  return fits;
}

Status CheckNumbers(const FunctionDefinition& function) {
  if (function.timeout > kLongestTimeout) {
    return Invalid("the timeout is " + std::to_string(function.timeout.count()) +
                   " s, but the platform takes 1 to 86400 (--no-limits lifts this)");
  }
  const std::int64_t memory = function.memory_mb;
  if (memory < kLeastMemoryMb || memory > kMostMemoryMb || memory % kMemoryStepMb != 0) {
    return Invalid("the memory size is " + std::to_string(memory) +
                   " MB, but the platform takes 128 to 32768 in steps of 64 (--no-limits lifts "
                   "this)");
  }
  std::size_t bytes = 0;
  for (const auto& [name, value] : function.environment) bytes += name.size() + value.size();
  if (bytes > kMostEnvironmentBytes) {
    return Invalid("the environment variables take " + std::to_string(bytes) +
                   " bytes, but the platform takes 4096 in all (--no-limits lifts this)");
  }
  return Ok();
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
  const bool is_reserved = name.starts_with("FC_") ||
                           std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
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
  if (const Status code = CheckCode(function.code_path); !code) return code.error();
  if (const Status named = CheckEnvironment(function.environment); !named) return named.error();
  if (function.timeout < seconds(1)) return Invalid("the timeout must be at least 1 second");
  if (function.memory_mb < 1) return Invalid("the memory size must be at least 1 MB");
  if (const Status hooks = CheckHooks(function, limits); !hooks) return hooks.error();
  if (limits == PlatformLimits::kLifted) return Ok();
  return CheckNumbers(function);
}

}  // namespace openfc::emulator
