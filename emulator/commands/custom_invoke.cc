#include "emulator/commands/custom_invoke.h"

#include "emulator/commands/event_request.h"
#include "emulator/platform/single_call.h"

#include <algorithm>
#include <utility>

namespace openfc::emulator {

Expected<CustomCall> CustomCallOf(const InvokeCommandLine& line, const FunctionDefinition& function,
                                  std::string event) {
  CustomCall as_event{.body = std::move(event)};
  if (!function.http_trigger) return as_event;
  const bool has_event = line.event || line.event_file || line.event_type;
  auto request = has_event ? RequestOfEvent(as_event.body) : PlainRequest();
  if (!request) return as_event;
  const auto& methods = function.http_trigger->methods;
  const std::string& method = request->http.method;
  if (!methods.empty() && std::find(methods.begin(), methods.end(), method) == methods.end()) {
    return Error{ErrorCode::kInvalidArgument,
                 "the HTTP trigger of " + function.name + " does not take " + method};
  }
  EventRequest addressed = AddressedTo(function, *std::move(request));
  return CustomCall{.body = std::move(addressed.body), .http = std::move(addressed.http)};
}

RunReport RunCustomInvocation(RunOptions options, CustomCall call, StopSignals& signals) {
  const std::string source = options.function.code_path;
  return RunSingleCall({.model = {.function = std::move(options.function),
                                  .identity = Identity::From(options.own_environment),
                                  .limits = options.limits,
                                  .code_source = source,
                                  .mounts = std::move(options.mounts),
                                  .rloader = std::move(options.rloader),
                                  .own_environment = std::move(options.own_environment),
                                  .start_time = options.start_time},
                        .body = std::move(call.body),
                        .http = std::move(call.http),
                        .log = options.log},
                       signals);
}

}  // namespace openfc::emulator
