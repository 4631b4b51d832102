#include "runtime/base/deadline.h"

#include <gtest/gtest.h>

#include <chrono>

namespace openfc {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(DeadlineTest, ByDefaultNeverComes) {
  const Deadline deadline;

  EXPECT_TRUE(deadline.IsNever());
  EXPECT_FALSE(deadline.HasPassed());
  EXPECT_EQ(deadline.PollTimeout(), -1);
}

TEST(DeadlineTest, HasPassedOnceItsMomentIsBehindUs) {
  const Deadline deadline = Deadline::After(milliseconds(-1));

  EXPECT_TRUE(deadline.HasPassed());
  EXPECT_EQ(deadline.Remaining(), Deadline::Clock::duration::zero());
  EXPECT_EQ(deadline.PollTimeout(), 0);
}

TEST(DeadlineTest, RoundsUpForPollSoThatAWaitNeverEndsEarly) {
  const Deadline deadline = Deadline::After(hours(1) + microseconds(1));

  const milliseconds timeout(deadline.PollTimeout());

  EXPECT_GE(timeout, deadline.Remaining());
  EXPECT_LT(timeout, hours(2));
}

TEST(DeadlineTest, NeverComesWhenItIsFurtherThanTheClockCounts) {
  EXPECT_TRUE(Deadline::After(Deadline::Clock::duration::max()).IsNever());
}

TEST(DeadlineTest, ComparesByMoment) {
  EXPECT_LT(Deadline::After(hours(1)), Deadline::After(hours(2)));
  EXPECT_LT(Deadline::After(hours(2)), Deadline::Never());
}

TEST(DeadlineTest, GivesPollNoMoreThanItCanCount) {
  EXPECT_EQ(Deadline::After(hours(24 * 365)).PollTimeout(), 1 << 30);
}

}  // namespace
}  // namespace openfc
