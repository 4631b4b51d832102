#pragma once

#include "runtime/base/error.h"
#include "runtime/base/mutex.h"
#include "runtime/base/unique_fd.h"
#include "runtime/page/deadline_timer.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace openfc {

/// Calls back at points of time, on the server's thread: one timer for all of them, touched only
/// when an earlier point comes up than it waits for.
class AlarmClock {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Names one alarm.
  using Key = std::pair<Time, std::uint64_t>;

  static Expected<std::unique_ptr<AlarmClock>> Create();
  explicit AlarmClock(std::unique_ptr<DeadlineTimer> timer) : timer_(std::move(timer)) {}

  /// To be waited for, and Ring() called when it is readable.
  int fd() const { return timer_->fd(); }

  /// `ring` is called once, by Ring(). From any thread.
  Key Set(Time when, std::function<void()> ring) EXCLUDES_LOCK(mutex_);

  /// Without effect when it rings already. From any thread.
  void Cancel(const Key& key) EXCLUDES_LOCK(mutex_);

  /// Calls what is due.
  void Ring() EXCLUDES_LOCK(mutex_);

 private:
  const std::unique_ptr<DeadlineTimer> timer_;
  Mutex mutex_;
  std::map<Key, std::function<void()>> alarms_ GUARDED_BY(mutex_);
  std::uint64_t made_ GUARDED_BY(mutex_) = 0;
  Time set_for_ GUARDED_BY(mutex_) = Time::max();
};

}  // namespace openfc
