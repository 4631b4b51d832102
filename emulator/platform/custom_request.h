#pragma once

#include "emulator/function_definition.h"
#include "emulator/http_client/http_exchange.h"
#include "runtime/invoke/invocation.h"
#include "runtime/invoke/reply.h"

#include <string>
#include <utility>
#include <vector>

/// The wire of FC's custom runtimes (fc-platform.md, 1.3 to 1.5), as the platform speaks it.
namespace openfc::emulator {

/// How `invocation` is put to the web server of `function`: events and hooks at their paths, a
/// client's request (Invocation::http) as it came.
ExchangeRequest RequestFor(Invocation& invocation, const FunctionDefinition& function);

/// What the server's answer to an event or a hook means. Of an event `x-fc-status` tells, and the
/// body alone is kept; of a hook the status.
Outcome OutcomeOf(InvocationType type, int status,
                  const std::vector<std::pair<std::string, std::string>>& headers,
                  std::string body);

}  // namespace openfc::emulator
