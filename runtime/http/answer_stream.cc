#include "runtime/http/answer_stream.h"

#include "runtime/base/before_wait.h"

namespace openfc::http {
namespace {

Error Gone() { return Error{ErrorCode::kCancelled, "the client went away"}; }

}  // namespace

Expected<bool> AnswerStream::Put(std::string_view bytes, std::function<void()> ready) {
  bool must_nudge = false;
  bool is_welcome = true;
  Waiters::Callback too_many;
  {
    MutexLock lock(mutex_);
    if (IsOver()) return Gone();
    bytes_.append(bytes);
    must_nudge = !bytes_.empty() && !std::exchange(is_nudged_, true);
    is_welcome = !IsFull();
    if (!is_welcome) too_many = waiters_.Add(std::move(ready));
  }
  if (must_nudge) nudge_();
  if (too_many) too_many();
  return is_welcome;
}

Status AnswerStream::AwaitRoom() {
  {
    MutexLock lock(mutex_);
    if (IsOver()) return Gone();
    if (!IsFull()) return Ok();
  }
  BeforeWait();  // Without the lock: it may be us who make room.
  MutexLock lock(mutex_);
  while (!IsOver() && IsFull()) changed_.Wait(mutex_);
  if (IsOver()) return Gone();
  return Ok();
}

Status AnswerStream::Complete() {
  {
    MutexLock lock(mutex_);
    if (IsOver()) return Gone();
  }
  Finish(End::kComplete);
  return Ok();
}

void AnswerStream::CutOff() { Finish(End::kCutOff); }

void AnswerStream::Finish(End end) {
  {
    MutexLock lock(mutex_);
    if (IsOver()) return;
    end_ = end;
    changed_.NotifyAll();
    if (std::exchange(is_nudged_, true)) return;
  }
  nudge_();
}

AnswerStream::Batch AnswerStream::Take() {
  MutexLock lock(mutex_);
  is_nudged_ = false;
  unsent_ += bytes_.size();
  return Batch{.bytes = std::exchange(bytes_, std::string()), .end = end_};
}

void AnswerStream::SetUnsent(std::size_t bytes) {
  Waiters waiters;
  {
    MutexLock lock(mutex_);
    unsent_ = bytes;
    if (bytes_.size() + unsent_ > kEnough / 2) return;
    waiters = waiters_.TakeAll();
    changed_.NotifyAll();
  }
  waiters.CallAll();
}

void AnswerStream::MarkGone() {
  Waiters waiters;
  {
    MutexLock lock(mutex_);
    is_gone_ = true;
    bytes_.clear();
    waiters = waiters_.TakeAll();
    changed_.NotifyAll();
  }
  waiters.CallAll();
}

}  // namespace openfc::http
