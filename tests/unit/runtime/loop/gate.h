#pragma once

#include "runtime/base/mutex.h"
#include "tests/fakes/limit.h"

#include <gtest/gtest.h>

#include <chrono>

namespace openfc {

/// Something that one thread does and others wait for; in vain, the test fails and goes on.
class Gate {
 public:
  void Open() EXCLUDES_LOCK(mutex_) {
    {
      const MutexLock lock(mutex_);
      is_open_ = true;
    }
    changed_.NotifyAll();
  }

  void Await() EXCLUDES_LOCK(mutex_) {
    const auto until = std::chrono::steady_clock::now() + testing::kLimit;
    const MutexLock lock(mutex_);
    while (!is_open_) {
      if (!changed_.WaitUntil(mutex_, until)) break;
    }
    EXPECT_TRUE(is_open_) << "waited in vain";
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool is_open_ GUARDED_BY(mutex_) = false;
};

}  // namespace openfc
