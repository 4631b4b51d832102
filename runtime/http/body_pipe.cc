#include "runtime/http/body_pipe.h"

#include "runtime/base/before_wait.h"

#include <utility>

namespace openfc::http {

bool BodyPipe::Put(std::string bytes) {
  std::function<void()> ready;
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
    ready = std::exchange(ready_, nullptr);
    changed_.NotifyOne();
  }
  if (ready) ready();
  return is_welcome;
}

bool BodyPipe::IsFull() {
  MutexLock lock(mutex_);
  return is_full_;
}

bool BodyPipe::IsAwaited() {
  MutexLock lock(mutex_);
  return is_waiting_ || ready_ != nullptr;
}

void BodyPipe::End() { Finish(std::nullopt); }

void BodyPipe::Fail(Error error) { Finish(std::move(error)); }

void BodyPipe::Finish(std::optional<Error> error) {
  std::function<void()> ready;
  {
    MutexLock lock(mutex_);
    if (is_ended_) return;
    is_ended_ = true;
    is_full_ = false;
    error_ = std::move(error);
    ready = std::exchange(ready_, nullptr);
    changed_.NotifyOne();
  }
  if (ready) ready();
}

std::optional<Expected<std::string>> BodyPipe::TryTake(std::function<void()> ready) {
  std::optional<Expected<std::string>> taken;
  bool must_nudge = false;
  {
    MutexLock lock(mutex_);
    if (HasNews()) {
      taken = TakeNews();
    } else {
      ready_.swap(ready);  // An earlier one is dropped without the lock.
    }
    must_nudge = Empty();
  }
  if (must_nudge) nudge_();
  return taken;
}

Expected<std::string> BodyPipe::Take() {
  if (IsStarving()) nudge_();  // Before the wait: nothing comes without it.
  if (IsEmpty()) BeforeWait();
  std::optional<Expected<std::string>> taken;
  bool must_nudge = false;
  {
    MutexLock lock(mutex_);
    is_waiting_ = true;
    while (!HasNews()) changed_.Wait(mutex_);
    is_waiting_ = false;
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
