#pragma once

#include "emulator/function_definition.h"
#include "runtime/invoke/invocation.h"

#include <optional>
#include <string>

namespace openfc::emulator {

/// A request with its body.
struct EventRequest {
  HttpRequest http;
  std::string body = {};
};

/// The request that an HTTP trigger of FC 3 would have made this event of; nothing when it is no
/// such event.
std::optional<EventRequest> RequestOfEvent(const std::string& event);

/// `GET /`.
EventRequest PlainRequest();

/// As it reaches `function`: of one of FC 2 the path has a prefix.
EventRequest AddressedTo(const FunctionDefinition& function, EventRequest request);

}  // namespace openfc::emulator
