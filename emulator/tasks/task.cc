#include "emulator/tasks/task.h"

#include <algorithm>
#include <array>

namespace openfc::emulator {
namespace {

constexpr std::array<std::string_view, 9> kNames = {"Enqueued", "Retrying",  "Running",
                                                    "Stopping", "Succeeded", "Failed",
                                                    "Stopped",  "Expired",   "Invalid"};

bool IsLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

bool MayFollow(char c) { return IsLetter(c) || (c >= '0' && c <= '9') || c == '-'; }

}  // namespace

std::string_view NameOf(TaskState state) { return kNames[static_cast<std::size_t>(state)]; }

std::optional<TaskState> TaskStateOf(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<TaskState>(found - kNames.begin());
}

Status CheckTaskId(std::string_view task_id) {
  constexpr std::size_t kLongest = 128;
  const bool is_good = !task_id.empty() && task_id.size() <= kLongest &&
                       IsLetter(task_id.front()) &&
                       std::all_of(task_id.begin(), task_id.end(), MayFollow);
  if (is_good) return Ok();
  return Error{ErrorCode::kInvalidArgument,
               "a task id has 128 letters, digits, _ and - at most, and begins with a letter or _"};
}

}  // namespace openfc::emulator
