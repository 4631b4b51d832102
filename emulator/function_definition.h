#pragma once

#include "emulator/variables.h"
#include "runtime/base/error.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace openfc::emulator {

/// A function that an instance runs at a turn of its life.
struct HookDefinition {
  std::string handler;
  std::chrono::seconds timeout{3};
  std::vector<std::string> command = {};  // In the handler's place: a program and its arguments.

  friend bool operator==(const HookDefinition&, const HookDefinition&) = default;
};

/// How the platform finds out whether a custom runtime is well (fc-platform.md, 1.6).
struct HealthCheck {
  std::string path;  // httpGetUrl
  std::chrono::seconds initial_delay{0};
  std::chrono::seconds period{3};
  std::chrono::seconds timeout{1};
  int failure_threshold = 3;
  int success_threshold = 1;

  friend bool operator==(const HealthCheck&, const HealthCheck&) = default;
};

/// A program of the user's that serves HTTP in the place of our runtime (runtime: custom*).
struct CustomRuntime {
  std::vector<std::string> command = {};  // With its arguments; empty: CODE/bootstrap.
  std::uint16_t port = 9000;
  std::optional<HealthCheck> health = {};  // None: ready once the port takes connections.

  friend bool operator==(const CustomRuntime&, const CustomRuntime&) = default;
};

/// Makes the function answer HTTP requests.
struct HttpTrigger {
  std::string name;
  std::string auth_type = "anonymous";    // anonymous, function or jwt.
  std::vector<std::string> methods = {};  // Upper case; empty: all.

  friend bool operator==(const HttpTrigger&, const HttpTrigger&) = default;
};

/// Invokes the function now and then.
struct TimerTrigger {
  std::string name;
  std::string expression;  // cronExpression: `@every 1m`, or cron of six fields.
  std::string payload = {};
  bool is_enabled = true;

  friend bool operator==(const TimerTrigger&, const TimerTrigger&) = default;
};

/// What becomes of asynchronous invocations.
struct AsyncConfig {
  bool has_tasks = false;  // asyncTask: they can be listed and stopped.
  std::chrono::seconds max_age{18000};
  int max_retries = 3;
  std::string on_success = {};  // A destination, as it was written; empty: none.
  std::string on_failure = {};

  friend bool operator==(const AsyncConfig&, const AsyncConfig&) = default;
};

/// Whose rules and wire count: edition 1.0.0 (component fc), or 3.0.0 (fc3).
enum class Edition { kFc2, kFc3 };

/// One function as its developer wrote it down, whether in a s.yaml or in options. The defaults are
/// the platform's; what its fields mean stands in fc-platform.md, section 8.
struct FunctionDefinition {
  std::string name = {};
  Edition edition = Edition::kFc3;
  std::string code_path = {};  // Absolute; a folder, or a zip, jar or war.
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
  int instance_concurrency = 1;                    // Invocations at once in one instance.
  double cpu = 0;                                  // Processors; 0: not said, which is 0.35.
  std::vector<std::string> layers = {};            // As they were written: folders, zips, names.
  std::optional<CustomRuntime> custom = {};        // None: our Python, or --bootstrap.
  std::optional<HttpTrigger> http_trigger = {};
  std::vector<TimerTrigger> timers = {};
  AsyncConfig async = {};

  friend bool operator==(const FunctionDefinition&, const FunctionDefinition&) = default;
};

/// Whether what the platform would refuse is refused here too.
enum class PlatformLimits { kEnforced, kLifted };

/// What stands between the definition and an invocation, in a sentence: code that is not there, a
/// reserved variable, a number that the platform does not take (unless `limits` are lifted).
Status CheckDefinition(const FunctionDefinition& function, PlatformLimits limits);

/// Whether `name` may be set by a user: FC_* and a few others are the platform's own.
Status CheckVariableName(const std::string& name);

}  // namespace openfc::emulator
