#pragma once

#include "runtime/base/error.h"
#include "sandbox/executor/executor.h"

#include <string>
#include <string_view>

namespace openfc::sandbox {

/// A run as `fcsandbox batch` reads it, one in a line.
struct RunLine {
  std::string id;
  RunRequest request;
};

/// kInvalidArgument with what is wrong; keys that are not known are wrong.
Expected<RunLine> ParseRunLine(std::string_view text);

/// Its outcome, in a line without its end. Bytes that are no UTF-8 become U+FFFD.
std::string OutcomeLine(const std::string& id, const RunOutcome& outcome,
                        const IsolationLevel& level);

/// A line for a run that was not taken.
std::string RefusalLine(const std::string& id, const Error& error);

}  // namespace openfc::sandbox
