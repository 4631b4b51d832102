#pragma once

#include "runtime/base/mutex.h"
#include "runtime/base/unique_fd.h"
#include "sandbox/engine/job.h"
#include "sandbox/executor/executor.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace openfc::sandbox {

/// What other threads hand to the engine's.
class EngineMail {
 public:
  /// `capacity`: runs at once, those that wait included.
  explicit EngineMail(std::size_t capacity);

  /// The run's number; kUnavailable when there are as many as may be, or the engine ends.
  Expected<std::uint64_t> Submit(RunRequest request, RunEvents events) EXCLUDES_LOCK(mutex_);
  void Cancel(std::uint64_t id) EXCLUDES_LOCK(mutex_);
  void Wake() const;

  /// For the engine's thread: what has come since.
  struct Letters {
    std::vector<std::unique_ptr<Job>> jobs;
    std::vector<std::uint64_t> cancelled;
  };
  Letters Take() EXCLUDES_LOCK(mutex_);
  int fd() const { return wake_.get(); }  // Readable when there is something to take.
  void NoteStarted() EXCLUDES_LOCK(mutex_);
  void NoteEnded(bool was_running) EXCLUDES_LOCK(mutex_);
  /// From here on nothing is taken.
  void Close() EXCLUDES_LOCK(mutex_);

  ExecutorLoad load() const EXCLUDES_LOCK(mutex_);

 private:
  const std::size_t capacity_;
  const UniqueFd wake_;
  mutable Mutex mutex_;
  Letters letters_ GUARDED_BY(mutex_);
  std::uint64_t last_id_ GUARDED_BY(mutex_) = 0;
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  std::size_t queued_ GUARDED_BY(mutex_) = 0;
  bool is_closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace openfc::sandbox
