#pragma once

#include "emulator/commands/invoke_options.h"
#include "emulator/function_definition.h"
#include "emulator/invocation_run.h"
#include "runtime/process/stop_signals.h"
#include "runtime/base/error.h"
#include "runtime/invoke/invocation.h"

#include <optional>
#include <string>

namespace openfc::emulator {

/// The call that a custom runtime is to get: a request, when an HTTP trigger's event, or none at
/// all, is given to a function that has such a trigger; else the event. kInvalidArgument with a
/// sentence for a request that the trigger would refuse.
struct CustomCall {
  std::string body = {};
  std::optional<HttpRequest> http = {};
};
Expected<CustomCall> CustomCallOf(const InvokeCommandLine& line, const FunctionDefinition& function,
                                  std::string event);

/// As RunInvocation(), of a function with a runtime of its own.
RunReport RunCustomInvocation(RunOptions options, CustomCall call, StopSignals& signals);

}  // namespace openfc::emulator
