#pragma once

#include "emulator/commands/trigger_call.h"
#include "emulator/invocation_run.h"
#include "runtime/process/stop_signals.h"

namespace openfc::emulator {

/// As RunInvocation(), of a function with a runtime of its own.
RunReport RunCustomInvocation(RunOptions options, TriggerCall call, StopSignals& signals);

}  // namespace openfc::emulator
