#pragma once

#include "runtime/base/error.h"
#include "runtime/base/mutex.h"
#include "runtime/http/waiters.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace openfc::http {

/// The bytes of a request's body on their way from the connection to its BodySource, bounded: a
/// full pipe stops the connection from reading on, until the source has emptied it. Several threads
/// or tasks may wait for the same bytes: all are told, and one gets them.
class BodyPipe {
 public:
  /// As much as the connection puts in before it stops.
  static constexpr std::size_t kEnough = 256UL * 1024;

  /// One that begins full tells the connection when its first byte is asked for.
  enum class Begins { kEmpty, kFull };

  /// `nudge` tells the connection that a pipe which it found full is full no more; called from any
  /// thread, without a lock.
  BodyPipe(std::function<void()> nudge, Begins begins)
      : nudge_(std::move(nudge)), is_full_(begins == Begins::kFull) {}

  // The connection:

  /// False when that is enough for now.
  bool Put(std::string bytes) EXCLUDES_LOCK(mutex_);
  bool IsFull() EXCLUDES_LOCK(mutex_);
  /// Somebody waits for more.
  bool IsAwaited() EXCLUDES_LOCK(mutex_);
  /// Only the first end counts; what was put before is still read.
  void End() EXCLUDES_LOCK(mutex_);
  void Fail(Error error) EXCLUDES_LOCK(mutex_);

  // The source:

  std::optional<Expected<std::string>> TryTake(std::function<void()> ready) EXCLUDES_LOCK(mutex_);
  Expected<std::string> Take() EXCLUDES_LOCK(mutex_);
  /// From now on what is put is dropped.
  void Abandon() EXCLUDES_LOCK(mutex_);

 private:
  bool HasNews() const REQUIRES_LOCK(mutex_) { return !bytes_.empty() || is_ended_; }
  Expected<std::string> TakeNews() REQUIRES_LOCK(mutex_);
  /// True: nudge, once the lock is released.
  bool Empty() REQUIRES_LOCK(mutex_);
  /// Nothing is there, and nothing would come: nudge.
  bool IsStarving() EXCLUDES_LOCK(mutex_);
  bool IsEmpty() EXCLUDES_LOCK(mutex_);
  void Finish(std::optional<Error> error) EXCLUDES_LOCK(mutex_);

  const std::function<void()> nudge_;
  Mutex mutex_;
  CondVar changed_;
  std::string bytes_ GUARDED_BY(mutex_);
  bool is_full_ GUARDED_BY(mutex_);
  int taking_ GUARDED_BY(mutex_) = 0;  // How many wait within Take().
  bool is_ended_ GUARDED_BY(mutex_) = false;
  bool is_abandoned_ GUARDED_BY(mutex_) = false;
  std::optional<Error> error_ GUARDED_BY(mutex_);  // With is_ended_: what it ended with.
  Waiters waiters_ GUARDED_BY(mutex_);
};

}  // namespace openfc::http
