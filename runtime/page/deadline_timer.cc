#include "runtime/page/deadline_timer.h"

#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>

namespace openfc {

Expected<std::unique_ptr<DeadlineTimer>> DeadlineTimer::Create() {
  UniqueFd fd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  if (!fd.is_open()) return SystemError("cannot make a timer", errno);
  return std::make_unique<DeadlineTimer>(std::move(fd));
}

void DeadlineTimer::Set(Deadline::Clock::time_point when) const {
  constexpr std::int64_t kPerSecond = 1'000'000'000;
  const std::int64_t since_start =
      std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count();
  const std::int64_t at = std::max<std::int64_t>(since_start, 1);  // 0 would disarm it.
  itimerspec spec{};
  spec.it_value.tv_sec = at / kPerSecond;
  spec.it_value.tv_nsec = at % kPerSecond;
  ::timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME, &spec, nullptr);
}

void DeadlineTimer::Clear() const {
  const itimerspec off{};
  ::timerfd_settime(fd_.get(), 0, &off, nullptr);
}

}  // namespace openfc
