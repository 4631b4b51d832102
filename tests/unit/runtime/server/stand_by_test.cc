#include "runtime/server/stand_by.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace openfc {
namespace {

/// The test's thread is the main one, whose helm is taken at once by whoever looks at it.
class StandByTest : public ::testing::Test {
 protected:
  /// What it serves by: until it is woken.
  void Serve() {
    thread_.store(std::this_thread::get_id());
    sigset_t blocked;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    is_deaf_.store(::sigismember(&blocked, SIGTERM) == 1);
    ++served_;
    served_.notify_all();
    wakes_.wait(0);
    --wakes_;
  }
  void Wake() {
    ++wakes_;
    wakes_.notify_all();
  }

  std::atomic<int> served_ = 0;
  std::atomic<int> wakes_ = 0;
  std::atomic<bool> is_deaf_ = false;
  std::atomic<std::thread::id> thread_;
  Helm helm_{std::chrono::nanoseconds(0), [this] { Wake(); }};
};

TEST_F(StandByTest, ServesInAThreadOfItsOwnWhileTheMainThreadDoesNotComeBack) {
  const StandBy stand_by(helm_, [this] { Serve(); });

  helm_.Offer();
  served_.wait(0);

  EXPECT_TRUE(helm_.Retake());
  EXPECT_NE(thread_.load(), std::this_thread::get_id());
}

TEST_F(StandByTest, LeavesSignalsToTheMainThread) {
  const StandBy stand_by(helm_, [this] { Serve(); });

  helm_.Offer();
  served_.wait(0);
  helm_.Retake();

  EXPECT_TRUE(is_deaf_.load());
}

TEST_F(StandByTest, GoesOnServingWhenItWasWokenForAnotherReason) {
  const StandBy stand_by(helm_, [this] { Serve(); });
  helm_.Offer();
  served_.wait(0);

  Wake();
  served_.wait(1);

  EXPECT_TRUE(helm_.Retake());
}

TEST_F(StandByTest, EndsWithoutHavingServed) {
  {
    const StandBy stand_by(helm_, [this] { Serve(); });
  }

  EXPECT_EQ(served_.load(), 0);
}

}  // namespace
}  // namespace openfc
