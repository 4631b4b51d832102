#pragma once

#include "emulator/invocation_run.h"
#include "emulator/platform/live_instance.h"
#include "runtime/invoke/invocation.h"
#include "runtime/process/stop_signals.h"

#include <cstddef>
#include <optional>
#include <string>

namespace openfc::emulator {

/// One call of a custom runtime, and all that it needs.
struct SingleCall {
  InstanceModel model;
  std::string body = {};                 // The event, or the body of the request.
  std::optional<HttpRequest> http = {};  // What an HTTP trigger gets; none: an event.
  InstanceLogOptions log = {};
};

/// As RunInvocation(): starts the function's server, has it answer one call, and ends it, after its
/// hooks; nothing of it is left when this returns. Blocks until then, or until one of `signals`
/// comes.
RunReport RunSingleCall(SingleCall call, StopSignals& signals);

}  // namespace openfc::emulator
