#include "runtime/server/call_queue.h"

#include <utility>

namespace openfc {

Permit::~Permit() {
  if (queue_ != nullptr) queue_->Release();
}

void CallQueue::SetLimit(std::size_t limit) {
  const MutexLock lock(mutex_);
  limit_ = limit;
}

void CallQueue::Push(Call call) {
  {
    const MutexLock lock(mutex_);
    calls_.push_back(std::move(call));
    // Whoever takes the one before, or gives its right back, looks again: no need to wake two.
    if ((waiting_ == 0 && !when_turn_) || out_ >= limit_) return;
  }
  if (when_turn_) return when_turn_();
  changed_.NotifyOne();
}

std::optional<CallQueue::Popped> CallQueue::Pop() {
  const MutexLock lock(mutex_);
  ++waiting_;
  while (!HasTurn() && !HasEnded()) changed_.Wait(mutex_);
  --waiting_;
  if (HasEnded()) return std::nullopt;
  Popped popped{.call = std::move(calls_.front()), .leaves_nobody = waiting_ == 0};
  calls_.pop_front();
  ++out_;
  if (HasTurn() && waiting_ > 0) changed_.NotifyOne();
  return popped;
}

std::optional<Call> CallQueue::TryPop() {
  const MutexLock lock(mutex_);
  if (!HasTurn()) return std::nullopt;
  std::optional<Call> call(std::move(calls_.front()));
  calls_.pop_front();
  ++out_;
  return call;
}

bool CallQueue::IsOver() {
  const MutexLock lock(mutex_);
  return HasEnded();
}

void CallQueue::Release() {
  {
    const MutexLock lock(mutex_);
    --out_;
    if (HasEnded()) {
      changed_.NotifyAll();
    } else if (!HasTurn()) {
      return;
    } else if (waiting_ > 0) {
      changed_.NotifyOne();
    }
  }
  if (when_turn_) when_turn_();
}

void CallQueue::Close() {
  {
    const MutexLock lock(mutex_);
    is_closed_ = true;
    changed_.NotifyAll();
  }
  if (when_turn_) when_turn_();
}

}  // namespace openfc
