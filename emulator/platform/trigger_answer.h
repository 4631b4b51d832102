#pragma once

#include "emulator/function_definition.h"
#include "emulator/platform/call.h"
#include "runtime/http/response.h"

#include <string>

namespace openfc::emulator {

/// Whom an HTTP trigger answers, and how.
struct TriggerClient {
  std::string request_id;
  bool is_fc3 = true;      // The function's edition: how its results are read and errors written.
  bool wants_log = false;  // The end of the call's log, in a header.
  PlatformLimits limits = PlatformLimits::kEnforced;
};

/// What a call's outcome is to the client: the answer that the function has described, 502 for its
/// failure and for what cannot be sent.
http::Response TriggerAnswer(CallResult result, const TriggerClient& client);

/// A platform's error to the client of a trigger. FC 2 has one X-Fc-Error-Type for all of them.
http::Response TriggerRefusal(const PlatformError& error, const TriggerClient& client);

}  // namespace openfc::emulator
