#include "sandbox/engine/engine_mail.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace openfc::sandbox {

EngineMail::EngineMail(std::size_t capacity)
    : capacity_(capacity), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Expected<std::uint64_t> EngineMail::Submit(RunRequest request, RunEvents events) {
  std::uint64_t id = 0;
  {
    const MutexLock lock(mutex_);
    if (is_closed_) return Error{ErrorCode::kUnavailable, "the engine ends"};
    if (running_ + queued_ >= capacity_) {
      return Error{ErrorCode::kUnavailable, "as many runs wait as may"};
    }
    ++queued_;
    id = ++last_id_;
    letters_.jobs.push_back(std::make_unique<Job>(id, std::move(request), std::move(events)));
  }
  Wake();
  return id;
}

void EngineMail::Cancel(std::uint64_t id) {
  {
    const MutexLock lock(mutex_);
    letters_.cancelled.push_back(id);
  }
  Wake();
}

void EngineMail::Wake() const {
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof(one));
}

EngineMail::Letters EngineMail::Take() {
  std::uint64_t count = 0;
  (void)!::read(wake_.get(), &count, sizeof(count));
  const MutexLock lock(mutex_);
  return std::exchange(letters_, {});
}

void EngineMail::NoteStarted() {
  const MutexLock lock(mutex_);
  --queued_;
  ++running_;
}

void EngineMail::NoteEnded(bool was_running) {
  const MutexLock lock(mutex_);
  --(was_running ? running_ : queued_);
}

void EngineMail::Close() {
  const MutexLock lock(mutex_);
  is_closed_ = true;
}

ExecutorLoad EngineMail::load() const {
  const MutexLock lock(mutex_);
  ExecutorLoad load;
  load.running = running_;
  load.queued = queued_;
  return load;
}

}  // namespace openfc::sandbox
