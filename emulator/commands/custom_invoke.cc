#include "emulator/commands/custom_invoke.h"

#include "emulator/platform/single_call.h"

#include <utility>

namespace openfc::emulator {

RunReport RunCustomInvocation(RunOptions options, TriggerCall call, StopSignals& signals) {
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
