#include "emulator/tasks/retry_policy.h"

#include <algorithm>

namespace openfc::emulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

/// Before the attempt that follows `failures` failed ones. Bounded far beyond any task's age.
milliseconds PauseAfter(int failures) {
  constexpr milliseconds kFirst{500};
  constexpr int kMostDoublings = 24;
  return kFirst * (1 << std::clamp(failures - 1, 0, kMostDoublings));
}

void End(Task& task, TaskState state, system_clock::time_point now) {
  task.state = state;
  task.ended = now;
}

void TryAgain(Task& task, int failures, system_clock::time_point now) {
  task.due = now + PauseAfter(failures);
  if (now >= task.expires) return End(task, TaskState::kExpired, now);
  task.state = TaskState::kRetrying;
}

}  // namespace

Task AfterAttempt(Task task, const AttemptEnd& end, system_clock::time_point now) {
  const bool is_unwanted = task.state == TaskState::kStopping;
  task.detail = end.detail;
  task.function_errors += end.result == AttemptResult::kFunctionError ? 1 : 0;
  task.refusals = end.result == AttemptResult::kRefused ? task.refusals + 1 : 0;
  if (end.result == AttemptResult::kSucceeded) {
    End(task, TaskState::kSucceeded, now);
  } else if (is_unwanted) {
    End(task, TaskState::kStopped, now);
  } else if (end.result == AttemptResult::kInvalid) {
    End(task, TaskState::kInvalid, now);
  } else if (end.result == AttemptResult::kRefused) {
    TryAgain(task, task.refusals, now);
  } else if (task.function_errors <= task.max_retries) {
    TryAgain(task, task.function_errors, now);
  } else {
    End(task, TaskState::kFailed, now);
  }
  return task;
}

}  // namespace openfc::emulator
