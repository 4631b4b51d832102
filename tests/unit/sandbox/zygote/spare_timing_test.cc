#include "sandbox/zygote/spare_timing.h"

#include <gtest/gtest.h>

#include <chrono>

namespace openfc::sandbox {
namespace {

using std::chrono::milliseconds;

class SpareTimingTest : public ::testing::Test {
 protected:
  SpareTimingTest() { timing_.NoteEvent(now_); }

  /// How long after the last event.
  milliseconds After(std::size_t spares, bool has_runs) const {
    return std::chrono::duration_cast<milliseconds>(timing_.Next(spares, has_runs).when() - now_);
  }

  const SpareTiming::Clock::time_point now_ = SpareTiming::Clock::now();
  SpareTiming timing_;
};

TEST_F(SpareTimingTest, IsAtOnceWhereThereIsNone) {
  EXPECT_EQ(After(0, false), milliseconds(0));
  EXPECT_EQ(After(0, true), milliseconds(0));
}

TEST_F(SpareTimingTest, WaitsUntilAnAnswerIsOnItsWay) {
  EXPECT_EQ(After(1, false), milliseconds(1));
}

TEST_F(SpareTimingTest, WaitsLongerBesideARunThatMayEndSoon) {
  EXPECT_GT(After(1, true), After(1, false));
}

TEST_F(SpareTimingTest, IsNeverWhereThereAreEnough) {
  EXPECT_EQ(timing_.Next(2, false).when(), Deadline::Never().when());
}

TEST_F(SpareTimingTest, LeavesAMomentAfterAFailureThoughThereIsNone) {
  timing_.NoteFailure(now_);

  EXPECT_EQ(After(0, false), milliseconds(1000));
  EXPECT_EQ(After(0, true), milliseconds(1000));
}

TEST_F(SpareTimingTest, IsPutOffByEachEvent) {
  timing_.NoteEvent(now_ + milliseconds(5));

  EXPECT_EQ(After(1, false), milliseconds(6));
}

}  // namespace
}  // namespace openfc::sandbox
