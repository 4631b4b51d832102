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
  auto kept = std::make_unique<Call>(std::move(call));
  {
    const MutexLock lock(mutex_);
    calls_.push_back(std::move(kept));
    // Whoever takes the one before, or gives its right back, looks again: no need to wake two.
    if (out_ >= limit_) return;
    if (tell_) tell_();
    if (waiting_ == 0) return;
  }
  changed_.NotifyOne();
}

std::optional<CallQueue::Popped> CallQueue::Pop() {
  const MutexLock lock(mutex_);
  ++waiting_;
  while (!HasTurn() && !HasEnded()) changed_.Wait(mutex_);
  --waiting_;
  if (HasEnded()) return std::nullopt;
  Popped popped{.call = std::move(*TakeFirst()), .leaves_nobody = waiting_ == 0};
  if (HasTurn() && waiting_ > 0) changed_.NotifyOne();
  return popped;
}

std::unique_ptr<Call> CallQueue::TakeFirst() {
  auto call = std::move(calls_.front());
  calls_.pop_front();
  ++out_;
  return call;
}

std::unique_ptr<Call> CallQueue::TryPop() {
  const MutexLock lock(mutex_);
  if (!HasTurn()) return nullptr;
  return TakeFirst();
}

void CallQueue::TellWhenReady(std::function<void()> tell) {
  const MutexLock lock(mutex_);
  tell_ = std::move(tell);
  if (tell_ && (HasTurn() || HasEnded())) tell_();
}

bool CallQueue::IsOver() {
  const MutexLock lock(mutex_);
  return HasEnded();
}

void CallQueue::Release() {
  const MutexLock lock(mutex_);
  --out_;
  if (tell_ && (HasTurn() || HasEnded())) tell_();
  if (HasEnded()) {
    changed_.NotifyAll();
  } else if (HasTurn() && waiting_ > 0) {
    changed_.NotifyOne();
  }
}

void CallQueue::Close() {
  const MutexLock lock(mutex_);
  is_closed_ = true;
  if (tell_) tell_();
  changed_.NotifyAll();
}

}  // namespace openfc
