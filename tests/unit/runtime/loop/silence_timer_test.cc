#include "runtime/loop/silence_timer.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>

namespace openfc {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

SilenceTimer::Time In(milliseconds length) { return Deadline::Clock::now() + length; }

bool Rings(const SilenceTimer& timer, int patience_ms) {
  pollfd entry{.fd = timer.fd(), .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, patience_ms) == 1;
}

constexpr int kForEver = -1;

TEST(SilenceTimerTest, RingsAtTheEarliestPoint) {
  SilenceTimer timer;
  timer.Include(In(hours(1)));
  timer.Include(In(milliseconds(1)));
  timer.Include(In(hours(2)));
  EXPECT_TRUE(Rings(timer, kForEver));
}

TEST(SilenceTimerTest, RingsAtOnceForAPointThatIsPast) {
  SilenceTimer timer;
  timer.Include(In(milliseconds(-1)));
  EXPECT_TRUE(Rings(timer, kForEver));
}

TEST(SilenceTimerTest, IsQuietOnceCleared) {
  SilenceTimer timer;
  timer.Include(In(milliseconds(0)));
  ASSERT_TRUE(Rings(timer, kForEver));
  timer.Clear();
  EXPECT_FALSE(Rings(timer, 0));

  timer.Include(In(milliseconds(1)));
  EXPECT_TRUE(Rings(timer, kForEver));
}

TEST(SilenceTimerTest, IsQuietForAPointThatNeverComes) {
  SilenceTimer timer;
  timer.Include(Deadline::Never().when());
  EXPECT_FALSE(Rings(timer, 0));
}

}  // namespace
}  // namespace openfc
