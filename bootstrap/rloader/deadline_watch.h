#pragma once

#include "runtime/base/deadline.h"
#include "runtime/page/deadline_timer.h"
#include "runtime/page/shared_page.h"

#include <poll.h>

#include <chrono>
#include <optional>
#include <vector>

namespace openfc::bootstrap {

/// Knows which invocations are past their deadlines, without a look at the page for each: the
/// runtime sets a timer when a deadline comes up that is earlier than what this watch knows of, and
/// from its last look on the watch keeps the time itself. Both page and timer belong to user code
/// as well: a timer that fires without end costs one look in a while and no more.
class DeadlineWatch {
 public:
  /// Both must outlive the watch. What the runtime answers itself at a deadline (the HTTP mode)
  /// gets `patience` more: only a runtime that does not get round to that is due then.
  DeadlineWatch(SharedPage& page, const DeadlineTimer& timer,
                std::chrono::milliseconds patience = std::chrono::milliseconds(0))
      : page_(page), timer_(timer), patience_(patience) {}

  /// Looks at the page: at the start of a runtime, and whenever rloader is awake anyway.
  void Look();

  /// The invocations that were past their deadlines at the last Look(), and not yet being answered;
  /// and those that the runtime has answered because of that.
  const std::vector<InFlight>& due() const { return due_; }

  /// What to wait for, beside NextLook(). Tell OnPolled() what came of it.
  std::optional<pollfd> Awaited() const;
  void OnPolled(short events);

  Deadline NextLook() const;

 private:
  SharedPage& page_;
  const DeadlineTimer& timer_;
  const std::chrono::milliseconds patience_;
  std::vector<InFlight> due_;
  Deadline next_;                                            // Of those that are not due yet.
  Deadline rest_ = Deadline(Deadline::Clock::time_point());  // Until then the timer is not heard.
};

}  // namespace openfc::bootstrap
