#pragma once

#include "emulator/commands/invoke_options.h"
#include "emulator/function_definition.h"
#include "runtime/base/error.h"
#include "runtime/invoke/invocation.h"

#include <optional>
#include <string>

namespace openfc::emulator {

/// What a function is to be called with.
struct TriggerCall {
  std::string body = {};                        // The event, or the request's body.
  std::optional<HttpRequest> http = {};         // For a custom runtime.
  std::optional<std::string> http_params = {};  // For an HTTP function of FC 2.
};

/// The call that `fclocal invoke` makes of its event. A function with an HTTP trigger gets a
/// request, the one that an HTTP trigger's event tells of, or `GET /` when no event was given (with
/// another method where its trigger does not take that), in the form in which its runtime takes
/// requests; other events it gets as they are, but for an HTTP function of FC 2, which takes none.
/// kInvalidArgument with a sentence for that, and for a request that the trigger would refuse.
Expected<TriggerCall> TriggerCallOf(const InvokeCommandLine& line,
                                    const FunctionDefinition& function, std::string event);

}  // namespace openfc::emulator
