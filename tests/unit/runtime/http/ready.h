#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

namespace openfc::http {

/// What a `ready` callback rings, and a test waits for. Outlives the callbacks.
class Ready {
 public:
  std::function<void()> callback() {
    return [this] {
      const std::lock_guard lock(mutex_);
      ++rung_;
      changed_.notify_all();
    };
  }

  /// Blocks until it has rung once more than it was waited for.
  void Await() {
    std::unique_lock lock(mutex_);
    ++awaited_;
    changed_.wait(lock, [this] { return rung_ >= awaited_; });
  }

  int rung() {
    const std::lock_guard lock(mutex_);
    return rung_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int rung_ = 0;
  int awaited_ = 0;
};

}  // namespace openfc::http
