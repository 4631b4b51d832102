#include "runtime/http/answer_stream.h"

#include "runtime/base/before_wait.h"

namespace openfc::http {
namespace {

Error Gone() { return Error{ErrorCode::kCancelled, "the client went away"}; }

}  // namespace

Expected<bool> AnswerStream::Put(std::string_view bytes, std::function<void()> ready) {
  bool must_nudge = false;
  bool is_welcome = true;
  {
    MutexLock lock(mutex_);
    if (IsOver()) return Gone();
    bytes_.append(bytes);
    must_nudge = !bytes_.empty() && !std::exchange(is_nudged_, true);
    is_welcome = !IsFull();
    if (!is_welcome) ready_.swap(ready);  // An earlier one is dropped without the lock.
  }
  if (must_nudge) nudge_();
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
  std::function<void()> dropped;  // Outlives the lock: what it holds may come back to us.
  {
    MutexLock lock(mutex_);
    if (IsOver()) return;
    end_ = end;
    dropped = std::exchange(ready_, nullptr);
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
  std::function<void()> ready;
  {
    MutexLock lock(mutex_);
    unsent_ = bytes;
    if (bytes_.size() + unsent_ > kEnough / 2) return;
    ready = std::exchange(ready_, nullptr);
    changed_.NotifyOne();
  }
  if (ready) ready();
}

void AnswerStream::MarkGone() {
  std::function<void()> ready;
  {
    MutexLock lock(mutex_);
    is_gone_ = true;
    bytes_.clear();
    ready = std::exchange(ready_, nullptr);
    changed_.NotifyOne();
  }
  if (ready) ready();
}

}  // namespace openfc::http
