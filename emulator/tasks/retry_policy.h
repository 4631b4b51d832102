#pragma once

#include "emulator/tasks/task.h"

#include <chrono>
#include <string>

namespace openfc::emulator {

/// How an attempt ended.
enum class AttemptResult {
  kSucceeded,
  kFunctionError,  // The function ran, and failed: an exception, a timeout, a death.
  kRefused,        // It did not run: too much going on (429), or the platform's fault (5xx).
  kInvalid,        // It can never run: the function is gone.
};

struct AttemptEnd {
  AttemptResult result = AttemptResult::kSucceeded;
  std::string detail = {};  // What went wrong, for people.
  std::string answer = {};  // The function's; kept up to 1 MB.
};

/// What becomes of a running task whose attempt ended so: the state that follows, with counts and
/// the time when it is due again. As on the platform: errors of the function are tried again up to
/// `max_retries` times, refusals until the task expires; the pause is half a second and doubles.
/// Who is being stopped and did not succeed has stopped.
Task AfterAttempt(Task task, const AttemptEnd& end, std::chrono::system_clock::time_point now);

}  // namespace openfc::emulator
