#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/base/mutex.h"
#include "runtime/base/unique_fd.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace openfc::emulator {

class Alarm;
class FdWatch;

/// What the platform's one thread waits for besides HTTP: descriptors, points in time, and calls
/// from other threads. All of these stand in one epoll descriptor, which the HTTP server watches,
/// so that everything of the platform runs on the server's thread, one thing after the other.
///
/// But for Post(), everything is that thread's, as are its Alarms and FdWatches. Callbacks must not
/// block; they may create and destroy alarms and watches, also their own.
class PlatformLoop {
 public:
  static Expected<std::unique_ptr<PlatformLoop>> Make();
  PlatformLoop(const PlatformLoop&) = delete;
  PlatformLoop& operator=(const PlatformLoop&) = delete;

  /// A descriptor that is readable while Turn() has something to do.
  Expected<UniqueFd> Readiness() const;

  /// Does what is ready, and returns.
  void Turn();

  /// Has `call` run by the next Turn(), in the order of the posts. From any thread.
  void Post(std::function<void()> call) EXCLUDES_LOCK(mutex_);

 private:
  friend class Alarm;
  friend class FdWatch;
  using Time = Deadline::Clock::time_point;

  PlatformLoop(UniqueFd epoll, UniqueFd timer, UniqueFd wake)
      : epoll_(std::move(epoll)), timer_(std::move(timer)), wake_(std::move(wake)) {}

  Status AddDescriptor(int fd, std::uint32_t events, std::uint64_t key);
  void ServeDescriptors();
  void ServeAlarms();
  void ServePosts() EXCLUDES_LOCK(mutex_);
  void ArmTimer();

  const UniqueFd epoll_;
  const UniqueFd timer_;
  const UniqueFd wake_;
  std::map<std::uint64_t, FdWatch*> watches_;
  std::uint64_t next_key_ = 2;  // 0 is the timer, 1 the wake.
  std::set<std::pair<Time, Alarm*>> alarms_;
  Time armed_ = Time::max();  // What the timer is set to.
  Mutex mutex_;
  std::vector<std::function<void()>> posts_ GUARDED_BY(mutex_);
};

/// Calls back once at a point in time, when one is set.
class Alarm {
 public:
  /// `loop` must outlive it.
  Alarm(PlatformLoop& loop, std::function<void()> ring) : loop_(loop), ring_(std::move(ring)) {}
  ~Alarm() { Clear(); }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  /// In the place of what was set before.
  void Set(Deadline when);
  void Clear();
  bool IsSet() const { return !when_.IsNever(); }

 private:
  friend class PlatformLoop;

  PlatformLoop& loop_;
  const std::function<void()> ring_;
  Deadline when_;
};

/// Calls back whenever a descriptor is ready, until it is destroyed.
class FdWatch {
 public:
  /// `fd` is borrowed, and open for as long as this lives; `events` as epoll has them (EPOLLIN).
  /// Where the descriptor cannot be watched (a regular file), it is never called.
  FdWatch(PlatformLoop& loop, int fd, std::uint32_t events, std::function<void()> when_ready);
  ~FdWatch();
  FdWatch(const FdWatch&) = delete;
  FdWatch& operator=(const FdWatch&) = delete;

 private:
  friend class PlatformLoop;

  PlatformLoop& loop_;
  const int fd_;
  const std::uint64_t key_;
  const std::function<void()> when_ready_;
};

}  // namespace openfc::emulator
