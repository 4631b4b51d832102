#pragma once

#include "runtime/base/error.h"
#include "runtime/base/mutex.h"
#include "runtime/http/waiters.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace openfc::http {

/// The bytes of a begun answer on their way from its producer to the connection. Bounded: beyond
/// that the producer is asked to wait until the client has taken what there is. It may produce in
/// several threads or tasks at a time: all that wait are told.
class AnswerStream {
 public:
  /// As much as may be on the way before the producer waits.
  static constexpr std::size_t kEnough = 256UL * 1024;

  /// `nudge` tells the connection that there is something to take; called from any thread, without
  /// a lock, and not again before it was taken.
  explicit AnswerStream(std::function<void()> nudge) : nudge_(std::move(nudge)) {}

  // The producer; kCancelled once the client is gone, or the answer ended:

  /// Takes all, whether it is welcome or not; see AnswerWriter::TryWrite().
  Expected<bool> Put(std::string_view bytes, std::function<void()> ready) EXCLUDES_LOCK(mutex_);
  Status AwaitRoom() EXCLUDES_LOCK(mutex_);
  Status Complete() EXCLUDES_LOCK(mutex_);
  /// Without effect after Complete().
  void CutOff() EXCLUDES_LOCK(mutex_);

  // The connection:

  enum class End { kOpen, kComplete, kCutOff };
  struct Batch {
    std::string bytes;
    End end = End::kOpen;
  };
  Batch Take() EXCLUDES_LOCK(mutex_);
  /// How many of the taken bytes the kernel has not got yet.
  void SetUnsent(std::size_t bytes) EXCLUDES_LOCK(mutex_);
  void MarkGone() EXCLUDES_LOCK(mutex_);

 private:
  bool IsFull() const REQUIRES_LOCK(mutex_) { return bytes_.size() + unsent_ >= kEnough; }
  bool IsOver() const REQUIRES_LOCK(mutex_) { return is_gone_ || end_ != End::kOpen; }
  void Finish(End end) EXCLUDES_LOCK(mutex_);

  const std::function<void()> nudge_;
  Mutex mutex_;
  CondVar changed_;
  std::string bytes_ GUARDED_BY(mutex_);
  std::size_t unsent_ GUARDED_BY(mutex_) = 0;
  End end_ GUARDED_BY(mutex_) = End::kOpen;
  bool is_gone_ GUARDED_BY(mutex_) = false;
  bool is_nudged_ GUARDED_BY(mutex_) = false;
  Waiters waiters_ GUARDED_BY(mutex_);
};

}  // namespace openfc::http
