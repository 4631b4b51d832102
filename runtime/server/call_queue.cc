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
    if (waiting_ == 0 || out_ >= limit_) return;
  }
  changed_.NotifyOne();
}

std::optional<CallQueue::Popped> CallQueue::Pop() {
  const MutexLock lock(mutex_);
  ++waiting_;
  while (!HasTurn() && !IsOver()) changed_.Wait(mutex_);
  --waiting_;
  if (IsOver()) return std::nullopt;
  Popped popped{.call = std::move(calls_.front()), .leaves_nobody = waiting_ == 0};
  calls_.pop_front();
  ++out_;
  if (HasTurn() && waiting_ > 0) changed_.NotifyOne();
  return popped;
}

void CallQueue::Release() {
  const MutexLock lock(mutex_);
  --out_;
  if (IsOver()) {
    changed_.NotifyAll();
  } else if (HasTurn() && waiting_ > 0) {
    changed_.NotifyOne();
  }
}

void CallQueue::Close() {
  const MutexLock lock(mutex_);
  is_closed_ = true;
  changed_.NotifyAll();
}

}  // namespace openfc
