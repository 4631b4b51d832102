#pragma once

#include "runtime/base/mutex.h"
#include "runtime/invoke/invocation.h"
#include "runtime/invoke/reply.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace openfc {

class CallQueue;

/// One invocation's part of the limit: given back when it goes, by whichever thread.
class Permit {
 public:
  explicit Permit(CallQueue& queue) : queue_(&queue) {}
  Permit(Permit&& other) noexcept : queue_(std::exchange(other.queue_, nullptr)) {}
  Permit& operator=(Permit&&) = delete;
  ~Permit();

 private:
  CallQueue* queue_;  // Null once moved from.
};

class Flight;

/// A request that waits for its turn, or has it.
struct Call {
  Invocation invocation;
  Reply reply;
  std::shared_ptr<Flight> flight;  // Shared with the reply's sink, and with the deadlines.
};

/// Between the server's thread, which must not wait, and the slots, which run the function:
/// requests in the order in which they came, of which no more than the limit are out at once.
class CallQueue {
 public:
  explicit CallQueue(std::size_t limit) : limit_(limit) {}
  CallQueue(const CallQueue&) = delete;
  CallQueue& operator=(const CallQueue&) = delete;

  /// The limit is known only once the function has been loaded. Before the first Pop().
  void SetLimit(std::size_t limit) EXCLUDES_LOCK(mutex_);

  /// From any thread; never waits.
  void Push(Call call) EXCLUDES_LOCK(mutex_);

  /// What a slot has taken, and whether it leaves no other waiting for the next one.
  struct Popped {
    Call call;
    bool leaves_nobody;
  };
  /// Waits for a request and for the right to run it. Nothing: the queue is closed, and all that
  /// was in it is answered.
  std::optional<Popped> Pop() EXCLUDES_LOCK(mutex_);

  /// What Pop() would give without waiting; null: nothing.
  std::unique_ptr<Call> TryPop() EXCLUDES_LOCK(mutex_);

  /// Where nobody waits in Pop(): `tell` is called, from any thread and under a lock, when TryPop()
  /// is worth trying, or IsOver() true, from now on. Null: nobody is told any more.
  void TellWhenReady(std::function<void()> tell) EXCLUDES_LOCK(mutex_);

  /// Whether it is closed, and all that was in it is answered.
  bool IsOver() EXCLUDES_LOCK(mutex_);

  /// From now on Pop() ends where there is nothing left to do.
  void Close() EXCLUDES_LOCK(mutex_);

 private:
  friend class Permit;
  void Release() EXCLUDES_LOCK(mutex_);
  bool HasTurn() const REQUIRES_LOCK(mutex_) { return !calls_.empty() && out_ < limit_; }
  bool HasEnded() const REQUIRES_LOCK(mutex_) { return is_closed_ && calls_.empty() && out_ == 0; }
  std::unique_ptr<Call> TakeFirst() REQUIRES_LOCK(mutex_);

  Mutex mutex_;
  CondVar changed_;
  std::size_t limit_ GUARDED_BY(mutex_);
  std::deque<std::unique_ptr<Call>> calls_ GUARDED_BY(mutex_);  // An Invocation is long to move.
  std::size_t out_ GUARDED_BY(mutex_) = 0;                      // Popped, and not yet released.
  std::size_t waiting_ GUARDED_BY(mutex_) = 0;                  // Threads in Pop().
  bool is_closed_ GUARDED_BY(mutex_) = false;
  std::function<void()> tell_ GUARDED_BY(mutex_);
};

}  // namespace openfc
