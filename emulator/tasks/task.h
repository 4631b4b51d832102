#pragma once

#include "runtime/base/error.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

/// Where an asynchronous invocation stands, with the platform's names. The numbers stand in files:
/// they never change.
enum class TaskState {
  kEnqueued = 0,   // Waits for its turn.
  kRetrying = 1,   // Waits for its next attempt.
  kRunning = 2,    // Claimed.
  kStopping = 3,   // Claimed, and somebody wants it stopped.
  kSucceeded = 4,  // From here on it has ended.
  kFailed = 5,
  kStopped = 6,
  kExpired = 7,  // Grew too old before it succeeded.
  kInvalid = 8,  // Could not be tried at all.
};

std::string_view NameOf(TaskState state);
std::optional<TaskState> TaskStateOf(std::string_view name);
inline bool HasEnded(TaskState state) { return state >= TaskState::kSucceeded; }

/// An asynchronous invocation that arrives.
struct NewTask {
  std::string function;      // Any text that tells functions apart.
  std::string request_id;    // Of the invocation that brought it.
  std::string task_id = {};  // The caller's own; empty: the request id.
  std::string payload = {};
  std::string trigger = {};  // Who brought it; kept as it is.
  std::string headers = {};  // The same: in whatever form.
  std::chrono::milliseconds max_age = std::chrono::hours(5);
  int max_retries = 3;  // After errors of the function.
  std::optional<std::chrono::system_clock::time_point> not_before = {};
};

/// An asynchronous invocation as it stands in the queue. A value.
struct Task {
  std::int64_t key = 0;  // The queue's own number, in the order of arrival.
  std::string function = {};
  std::string request_id = {};
  std::string task_id = {};
  TaskState state = TaskState::kEnqueued;
  std::string trigger = {};
  std::string headers = {};
  std::string payload = {};  // Where it was asked for.
  std::string result = {};   // What the function answered at last, if that was kept.
  std::string detail = {};   // Of the last attempt: what went wrong.
  std::chrono::system_clock::time_point enqueued = {};
  std::chrono::system_clock::time_point due = {};                     // Not earlier than that.
  std::chrono::system_clock::time_point expires = {};                 // Not tried from then on.
  std::optional<std::chrono::system_clock::time_point> started = {};  // The last attempt.
  std::optional<std::chrono::system_clock::time_point> ended = {};
  int attempts = 0;         // So far.
  int function_errors = 0;  // Of these.
  int refusals = 0;         // In a row, right before now.
  int max_retries = 0;
};

/// A turn in a task's life.
struct TaskEvent {
  std::int64_t number = 0;
  TaskState state = TaskState::kEnqueued;  // Into which it came.
  std::chrono::system_clock::time_point when = {};
  std::string detail = {};
};

/// Whether a caller may name a task so: at most 128 of `A-Za-z0-9_-`, no digit or dash in front.
/// kInvalidArgument with a sentence otherwise.
Status CheckTaskId(std::string_view task_id);

}  // namespace openfc::emulator
