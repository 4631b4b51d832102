#pragma once

#include "runtime/base/mutex.h"
#include "runtime/client/runtime_api.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

namespace openfc {

/// Threads that post what was answered in a thread that must not wait for the network. As many as
/// posts are under way at once, up to a limit; none before the first.
class PostPool {
 public:
  /// `when_posted` is called after each post, whatever came of it.
  PostPool(OpenRuntimeApi open, std::size_t limit, std::function<void()> when_posted)
      : open_(std::move(open)), limit_(limit), when_posted_(std::move(when_posted)) {}
  PostPool(const PostPool&) = delete;
  PostPool& operator=(const PostPool&) = delete;

  /// Everything that was handed over is posted first.
  ~PostPool();

  /// Does not wait, unless there is no thread and none can be had: then it is posted in the
  /// caller's. From any thread.
  void Post(Answer answer) EXCLUDES_LOCK(mutex_);

 private:
  /// False: nobody will post what waits.
  bool HandOver(Answer& answer) EXCLUDES_LOCK(mutex_);
  void Run() EXCLUDES_LOCK(mutex_);

  const OpenRuntimeApi open_;
  const std::size_t limit_;
  const std::function<void()> when_posted_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Answer> waiting_ GUARDED_BY(mutex_);
  std::size_t idle_ GUARDED_BY(mutex_) = 0;
  bool is_ending_ GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_ GUARDED_BY(mutex_);
};

}  // namespace openfc
