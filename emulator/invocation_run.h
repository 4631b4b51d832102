#pragma once

#include "emulator/function_definition.h"
#include "emulator/instance_environment.h"
#include "emulator/instance_log.h"
#include "emulator/variables.h"
#include "runtime/process/bind_mounts.h"
#include "runtime/process/stop_signals.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

/// What the platform takes as an event and as a result.
inline constexpr std::size_t kMostPayloadBytes = 32UL * 1024 * 1024;

/// The same, or as good as no limit.
std::size_t MostPayload(PlatformLimits limits);

/// The lines around what a function says in its one invocation, without their ends.
inline constexpr std::string_view kLogBegin = "========= FC invoke Logs begin =========";
inline constexpr std::string_view kLogEnd = "========= FC invoke Logs end =========";

struct RunOptions {
  FunctionDefinition function;
  std::string event;
  std::optional<std::string> http_params = {};  // Of a request to an HTTP function of FC 2.
  PlatformLimits limits = PlatformLimits::kEnforced;
  std::string rloader;
  std::optional<std::string> bootstrap = {};
  Variables own_environment = {};
  std::vector<BindMount> mounts = {};  // What the instance sees at other paths.
  InstanceLogOptions log = {};
  std::chrono::seconds start_time{120};  // For the first poll.
};

enum class Ending {
  kResult,
  kFunctionFailed,
  kTimedOut,
  kNotStarted,
  kInterrupted,
};

/// All that can be told about one invocation at its end.
struct RunReport {
  Ending ending = Ending::kNotStarted;
  std::string request_id;
  std::string body;                // The result, or the error JSON.
  std::string error_type;          // Of a failure.
  std::string fc_error_type = {};  // What the platform would call it in X-Fc-Error-Type.
  int http_status = 0;             // Of the answer to an HTTP request; 0: it was an event.
  std::string reason;              // A sentence, when the instance could not start.
  int signal = 0;                  // The one that interrupted.
  std::chrono::microseconds duration{0};
  std::int64_t memory_mb = 0;
  std::int64_t peak_memory_bytes = 0;
  std::string log;  // Its end, as far as it was kept.
  bool is_log_cut = false;
};

/// Starts an instance, has it serve one invocation, and stops it: nothing of it is left when this
/// returns. Blocks for as long as that takes, or until one of `signals` comes.
///
/// The function's hooks run around the invocation. An initializer that fails is the invocation's
/// failure; what becomes of the later ones only the log tells.
RunReport RunInvocation(RunOptions options, StopSignals& signals);

}  // namespace openfc::emulator
