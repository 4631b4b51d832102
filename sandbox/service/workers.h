#pragma once

#include "runtime/base/mutex.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

namespace openfc::sandbox {

/// A few threads for what neither the server's nor the executor's may wait for.
class Workers {
 public:
  explicit Workers(std::size_t count);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  /// What was posted is done first.
  ~Workers() { Finish(); }

  /// Has it called by one of them; it must not throw. From any thread, also from theirs. After
  /// Finish() nothing is taken.
  void Post(std::function<void()> task) EXCLUDES_LOCK(mutex_);

  /// Waits until all that was posted is done, and ends the threads. Not from one of theirs.
  void Finish() EXCLUDES_LOCK(mutex_);

 private:
  void Work() EXCLUDES_LOCK(mutex_);
  std::function<void()> Take() EXCLUDES_LOCK(mutex_);

  Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> tasks_ GUARDED_BY(mutex_);
  bool is_over_ GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;  // Last: they use all of it.
};

}  // namespace openfc::sandbox
