#pragma once

#include "emulator/variables.h"
#include "runtime/base/error.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace openfc::emulator {

/// A function that an instance runs at a turn of its life.
struct HookDefinition {
  std::string handler;
  std::chrono::seconds timeout{3};

  friend bool operator==(const HookDefinition&, const HookDefinition&) = default;
};

/// One function as its developer wrote it down, whether in a s.yaml or in options. The defaults are
/// the platform's.
struct FunctionDefinition {
  std::string name = {};
  std::string code_path = {};  // A folder; absolute.
  std::string handler = "index.handler";
  std::string runtime = {};  // As s.yaml names it, python3.10; empty: not said.
  std::chrono::seconds timeout{3};
  std::int64_t memory_mb = 512;
  Variables environment = {};
  std::string region = "cn-hangzhou";
  std::string service_name = {};  // Only functions of FC 2 have one.
  std::string log_project = {};
  std::string log_store = {};
  std::optional<HookDefinition> initializer = {};  // Runs first on a new instance.
  std::optional<HookDefinition> pre_freeze = {};   // After an invocation; only FC 2 has it.
  std::optional<HookDefinition> pre_stop = {};     // Before the instance ends.
};

/// Whether what the platform would refuse is refused here too.
enum class PlatformLimits { kEnforced, kLifted };

/// What stands between the definition and an invocation, in a sentence: a code folder that is not
/// there, a reserved variable, a number that the platform does not take (unless `limits` are
/// lifted).
Status CheckDefinition(const FunctionDefinition& function, PlatformLimits limits);

/// Whether `name` may be set by a user: FC_* and a few others are the platform's own.
Status CheckVariableName(const std::string& name);

}  // namespace openfc::emulator
