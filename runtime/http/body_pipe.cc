#include "runtime/http/body_pipe.h"

#include "runtime/base/before_wait.h"

#include <utility>

namespace openfc::http {

bool BodyPipe::Put(std::string bytes) {
  Waiters waiters;
  bool is_welcome = true;
  {
    MutexLock lock(mutex_);
    if (is_abandoned_ || is_ended_ || bytes.empty()) return true;
    if (bytes_.empty()) {
      bytes_ = std::move(bytes);
    } else {
      bytes_.append(bytes);
    }
    is_full_ = bytes_.size() >= kEnough;
    is_welcome = !is_full_;
    waiters = waiters_.TakeAll();
    changed_.NotifyAll();
  }
  waiters.CallAll();
  return is_welcome;
}

bool BodyPipe::IsFull() {
  MutexLock lock(mutex_);
  return is_full_;
}

bool BodyPipe::IsAwaited() {
  MutexLock lock(mutex_);
  return taking_ > 0 || !waiters_.empty();
}

void BodyPipe::End() { Finish(std::nullopt); }

void BodyPipe::Fail(Error error) { Finish(std::move(error)); }

void BodyPipe::Finish(std::optional<Error> error) {
  Waiters waiters;
  {
    MutexLock lock(mutex_);
    if (is_ended_) return;
    is_ended_ = true;
    is_full_ = false;
    error_ = std::move(error);
    waiters = waiters_.TakeAll();
    changed_.NotifyAll();
  }
  waiters.CallAll();
}

std::optional<Expected<std::string>> BodyPipe::TryTake(std::function<void()> ready) {
  std::optional<Expected<std::string>> taken;
  bool must_nudge = false;
  Waiters::Callback too_many;
  {
    MutexLock lock(mutex_);
    if (HasNews()) {
      taken = TakeNews();
    } else {
      too_many = waiters_.Add(std::move(ready));
    }
    must_nudge = Empty();
  }
  if (must_nudge) nudge_();
  if (too_many) too_many();
  return taken;
}

Expected<std::string> BodyPipe::Take() {
  if (IsStarving()) nudge_();  // Before the wait: nothing comes without it.
  if (IsEmpty()) BeforeWait();
  std::optional<Expected<std::string>> taken;
  bool must_nudge = false;
  {
    MutexLock lock(mutex_);
    ++taking_;
    while (!HasNews()) changed_.Wait(mutex_);
    --taking_;
    taken = TakeNews();
    must_nudge = Empty();
  }
  if (must_nudge) nudge_();
  return *std::move(taken);
}

bool BodyPipe::IsStarving() {
  MutexLock lock(mutex_);
  return !HasNews() && Empty();
}

bool BodyPipe::IsEmpty() {
  MutexLock lock(mutex_);
  return !HasNews();
}

void BodyPipe::Abandon() {
  bool must_nudge = false;
  {
    MutexLock lock(mutex_);
    is_abandoned_ = true;
    bytes_.clear();
    must_nudge = Empty();
  }
  if (must_nudge) nudge_();
}

Expected<std::string> BodyPipe::TakeNews() {
  if (bytes_.empty() && error_) return *error_;
  return std::exchange(bytes_, std::string());
}

bool BodyPipe::Empty() { return std::exchange(is_full_, false); }

}  // namespace openfc::http
