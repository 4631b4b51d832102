#pragma once

#include "runtime/base/mutex.h"

#include <chrono>
#include <functional>
#include <map>
#include <stop_token>
#include <thread>

namespace openfc::sandbox {

/// Calls when a time has come, on a thread of its own. What has not come by the end is not called.
class DelayedCalls {
 public:
  using Clock = std::chrono::steady_clock;

  DelayedCalls();
  ~DelayedCalls();
  DelayedCalls(const DelayedCalls&) = delete;
  DelayedCalls& operator=(const DelayedCalls&) = delete;

  /// From any thread; `call` must neither block nor throw.
  void After(Clock::duration delay, std::function<void()> call) EXCLUDES_LOCK(mutex_);

 private:
  void Run(const std::stop_token& stop) EXCLUDES_LOCK(mutex_);

  Mutex mutex_;
  CondVar changed_;
  std::multimap<Clock::time_point, std::function<void()>> calls_ GUARDED_BY(mutex_);
  std::jthread thread_;  // Last: it ends before what it uses.
};

}  // namespace openfc::sandbox
