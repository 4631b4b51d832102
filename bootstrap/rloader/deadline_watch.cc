#include "bootstrap/rloader/deadline_watch.h"

#include <algorithm>

namespace openfc::bootstrap {
namespace {

constexpr std::chrono::milliseconds kRest{5};
constexpr std::chrono::milliseconds kNone{0};

/// When rloader acts on a row; never, when the runtime is answering it already.
Deadline ActionTime(const InFlight& row, std::chrono::milliseconds patience) {
  if (row.state == RowState::kAnswered) return Deadline(Deadline::Clock::time_point());
  const bool is_open = row.state == RowState::kReceived || row.state == RowState::kRunning;
  if (!is_open || row.deadline.IsNever()) return Deadline::Never();
  const auto cancel_time = row.cancels_itself ? SharedPage::kCancelTime : kNone;
  const auto more = cancel_time + patience;
  const auto latest = Deadline::Clock::time_point::max() - more;  // The page may say anything.
  return row.deadline.when() >= latest ? Deadline::Never() : Deadline(row.deadline.when() + more);
}

}  // namespace

void DeadlineWatch::Look() {
  // In this order: a row that comes up after the look finds no wake planned, and sets the timer.
  timer_.Clear();
  page_.ForgetWake();
  due_.clear();
  next_ = Deadline::Never();
  for (InFlight& row : page_.ReadInFlight()) {
    const Deadline when = ActionTime(row, patience_);
    if (when.HasPassed()) {
      due_.push_back(std::move(row));
    } else {
      next_ = std::min(next_, when);
    }
  }
  page_.NoteWake(next_);
}

std::optional<pollfd> DeadlineWatch::Awaited() const {
  if (!rest_.HasPassed()) return std::nullopt;
  return pollfd{.fd = timer_.fd(), .events = POLLIN, .revents = 0};
}

void DeadlineWatch::OnPolled(short events) {
  if (events != 0) rest_ = Deadline::After(kRest);
}

Deadline DeadlineWatch::NextLook() const {
  return rest_.HasPassed() ? next_ : std::min(next_, rest_);
}

}  // namespace openfc::bootstrap
