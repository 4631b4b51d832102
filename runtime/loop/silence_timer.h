#pragma once

#include "runtime/base/mutex.h"
#include "runtime/page/deadline_timer.h"

#include <atomic>
#include <memory>

namespace openfc {

/// A descriptor that is readable once the earliest of the points is past that it was told of. As
/// long as points come in the order of time, telling it costs nothing but a look.
class SilenceTimer {
 public:
  using Time = Deadline::Clock::time_point;

  /// Throws std::system_error when the system has no timer for us.
  SilenceTimer();

  int fd() const { return timer_->fd(); }

  /// From any thread.
  void Include(Time when) EXCLUDES_LOCK(mutex_);

  /// Forgets all points: those that are still to come have to be included anew. From any thread.
  void Clear() EXCLUDES_LOCK(mutex_);

 private:
  const std::unique_ptr<DeadlineTimer> timer_;
  Mutex mutex_;
  std::atomic<Time> set_for_ = Time::max();  // Changed under the mutex.
};

}  // namespace openfc
