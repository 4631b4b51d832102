#include "runtime/base/mutex.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace openfc {
namespace {

class Mailbox {
 public:
  void Put(int letter) EXCLUDES_LOCK(mutex_) {
    MutexLock lock(mutex_);
    letter_ = letter;
    arrived_.NotifyOne();
  }

  int Take() EXCLUDES_LOCK(mutex_) {
    MutexLock lock(mutex_);
    while (letter_ == 0) arrived_.Wait(mutex_);
    return letter_;
  }

  bool ComesBefore(std::chrono::steady_clock::time_point until) EXCLUDES_LOCK(mutex_) {
    MutexLock lock(mutex_);
    while (letter_ == 0) {
      if (!arrived_.WaitUntil(mutex_, until)) return false;
    }
    return true;
  }

 private:
  Mutex mutex_;
  CondVar arrived_;
  int letter_ GUARDED_BY(mutex_) = 0;
};

TEST(CondVarTest, WakesTheThreadThatWaits) {
  Mailbox mailbox;
  const std::jthread sender([&mailbox] { mailbox.Put(42); });

  EXPECT_EQ(mailbox.Take(), 42);
}

TEST(CondVarTest, StopsWaitingWhenTheMomentComes) {
  Mailbox mailbox;

  EXPECT_FALSE(mailbox.ComesBefore(std::chrono::steady_clock::now()));
}

}  // namespace
}  // namespace openfc
