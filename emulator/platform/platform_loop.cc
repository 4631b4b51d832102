#include "emulator/platform/platform_loop.h"

#include "runtime/base/log.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>

namespace openfc::emulator {
namespace {

constexpr std::uint64_t kTimerKey = 0;
constexpr std::uint64_t kWakeKey = 1;
constexpr std::size_t kEventsAtOnce = 64;

/// Descriptors that count readinesses are empty afterwards.
void Empty(int fd) {
  std::uint64_t count = 0;
  (void)!::read(fd, &count, sizeof(count));
}

timespec AsTimespec(Deadline::Clock::time_point when) {
  using std::chrono::nanoseconds;
  using std::chrono::seconds;
  // The past, and the moment 0, would disarm the timer.
  const auto since = std::max<nanoseconds>(when.time_since_epoch(), nanoseconds(1));
  const auto whole = std::chrono::duration_cast<seconds>(since);
  return {.tv_sec = static_cast<std::time_t>(whole.count()), .tv_nsec = (since - whole).count()};
}

}  // namespace

Expected<std::unique_ptr<PlatformLoop>> PlatformLoop::Make() {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll.is_open() || !timer.is_open() || !wake.is_open()) {
    return SystemError("cannot make what the platform waits with", errno);
  }
  std::unique_ptr<PlatformLoop> loop(
      new PlatformLoop(std::move(epoll), std::move(timer), std::move(wake)));
  Status added = loop->AddDescriptor(loop->timer_.get(), EPOLLIN, kTimerKey);
  if (added) added = loop->AddDescriptor(loop->wake_.get(), EPOLLIN, kWakeKey);
  if (!added) return added.error();
  return loop;
}

Expected<UniqueFd> PlatformLoop::Readiness() const {
  UniqueFd copy(::fcntl(epoll_.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy.is_open()) return SystemError("cannot watch the platform's descriptors", errno);
  return copy;
}

void PlatformLoop::Turn() {
  ServeDescriptors();
  ServePosts();
  ServeAlarms();
}

void PlatformLoop::Post(std::function<void()> call) {
  bool was_empty = false;
  {
    MutexLock lock(mutex_);
    was_empty = posts_.empty();
    posts_.push_back(std::move(call));
  }
  const std::uint64_t one = 1;
  if (was_empty) (void)!::write(wake_.get(), &one, sizeof(one));
}

Status PlatformLoop::AddDescriptor(int fd, std::uint32_t events, std::uint64_t key) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return Ok();
  return SystemError("cannot watch a descriptor", errno);
}

void PlatformLoop::ServeDescriptors() {
  std::array<epoll_event, kEventsAtOnce> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), kEventsAtOnce, 0);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t key = events.at(static_cast<std::size_t>(i)).data.u64;
    if (key == kTimerKey) {
      Empty(timer_.get());
      armed_ = Time::max();
    } else if (key == kWakeKey) {
      Empty(wake_.get());
    } else if (const auto watch = watches_.find(key); watch != watches_.end()) {
      const auto when_ready = watch->second->when_ready_;  // It may destroy its watch.
      when_ready();
    }
  }
}

void PlatformLoop::ServeAlarms() {
  const Time now = Deadline::Clock::now();
  while (!alarms_.empty() && alarms_.begin()->first <= now) {
    Alarm* const alarm = alarms_.begin()->second;
    alarm->Clear();
    const auto ring = alarm->ring_;  // It may destroy its alarm.
    ring();
  }
  ArmTimer();
}

void PlatformLoop::ServePosts() {
  std::vector<std::function<void()>> posts;
  {
    MutexLock lock(mutex_);
    posts.swap(posts_);
  }
  for (const auto& call : posts) call();
}

/// For the earliest alarm, unless it rings before that anyway: then it is set anew when it does.
void PlatformLoop::ArmTimer() {
  const Time earliest = alarms_.empty() ? Time::max() : alarms_.begin()->first;
  if (earliest >= armed_) return;
  const itimerspec at{.it_interval = {}, .it_value = AsTimespec(earliest)};
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &at, nullptr);
  armed_ = earliest;
}

void Alarm::Set(Deadline when) {
  Clear();
  if (when.IsNever()) return;
  when_ = when;
  loop_.alarms_.emplace(when_.when(), this);
  loop_.ArmTimer();
}

void Alarm::Clear() {
  if (when_.IsNever()) return;
  loop_.alarms_.erase({when_.when(), this});
  when_ = Deadline::Never();
}

FdWatch::FdWatch(PlatformLoop& loop, int fd, std::uint32_t events, std::function<void()> when_ready)
    : loop_(loop), fd_(fd), key_(loop.next_key_++), when_ready_(std::move(when_ready)) {
  const Status added = loop_.AddDescriptor(fd_, events, key_);
  if (added) {
    loop_.watches_.emplace(key_, this);
  } else {
    LogWarn("watch_failed reason=\"{}\"", added.error().message);
  }
}

FdWatch::~FdWatch() {
  if (loop_.watches_.erase(key_) > 0) ::epoll_ctl(loop_.epoll_.get(), EPOLL_CTL_DEL, fd_, nullptr);
}

}  // namespace openfc::emulator
