#pragma once

#include "sandbox/api/executor/execute_request.h"
#include "sandbox/executor/run.h"

#include <optional>
#include <string>
#include <string_view>

namespace openfc::sandbox {

/// What POST /execute answers when a run has ended; nothing when that was a failure of our own.
std::optional<std::string> ExecuteReply(const ExecuteRequest& request, const RunOutcome& outcome);

/// The same for POST /validate.
std::optional<std::string> ValidateReply(const RunOutcome& outcome);

/// Code that is refused before it is run.
std::string RefusedExecuteReply(std::string_view why);
std::string RefusedValidateReply(std::string_view why);

}  // namespace openfc::sandbox
