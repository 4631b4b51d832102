#include "runtime/server/alarm_clock.h"

#include <gmock/gmock.h>
#include <poll.h>

#include <vector>

namespace openfc {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AlarmClockTest : public ::testing::Test {
 protected:
  AlarmClockTest() : clock_(AlarmClock::Create().value()) {}

  AlarmClock::Key Set(AlarmClock::Time when, int name) {
    return clock_->Set(when, [this, name] { rung_.push_back(name); });
  }

  /// Whether somebody who waits for it is woken.
  bool Wakes(int patience_ms) const {
    pollfd entry{.fd = clock_->fd(), .events = POLLIN, .revents = 0};
    return ::poll(&entry, 1, patience_ms) == 1;
  }

  const AlarmClock::Time now_ = AlarmClock::Time::clock::now();
  std::unique_ptr<AlarmClock> clock_;
  std::vector<int> rung_;
};

TEST_F(AlarmClockTest, RingsWhatIsDueInItsOrder) {
  Set(now_ - 1ms, 2);
  Set(now_ - 2ms, 1);
  Set(now_ + 1h, 3);

  clock_->Ring();

  EXPECT_THAT(rung_, ElementsAre(1, 2));
}

TEST_F(AlarmClockTest, RingsOnce) {
  Set(now_ - 1ms, 1);

  clock_->Ring();
  clock_->Ring();

  EXPECT_THAT(rung_, ElementsAre(1));
}

TEST_F(AlarmClockTest, WakesForTheEarliest) {
  Set(now_ + 1h, 1);
  Set(now_ + 1ms, 2);

  EXPECT_TRUE(Wakes(20'000));
}

TEST_F(AlarmClockTest, WakesForNobodyOnceAllHaveRung) {
  Set(now_ - 1ms, 1);
  ASSERT_TRUE(Wakes(20'000));

  clock_->Ring();

  EXPECT_FALSE(Wakes(0));
}

TEST_F(AlarmClockTest, WakesForTheNextOneToo) {
  Set(now_ - 1ms, 1);
  Set(now_ + 1ms, 2);

  clock_->Ring();

  while (rung_.size() < 2) {  // Both at once, perhaps.
    ASSERT_TRUE(Wakes(20'000));
    clock_->Ring();
  }
}

TEST_F(AlarmClockTest, DoesNotRingWhatWasCancelled) {
  const auto key = Set(now_ - 1ms, 1);

  clock_->Cancel(key);
  clock_->Cancel(key);
  clock_->Ring();

  EXPECT_THAT(rung_, IsEmpty());
}

TEST_F(AlarmClockTest, MayBeSetFromAnAlarm) {
  clock_->Set(now_ - 1ms, [this] { Set(now_ - 1ms, 1); });

  clock_->Ring();
  EXPECT_TRUE(Wakes(20'000));
  clock_->Ring();

  EXPECT_THAT(rung_, ElementsAre(1));
}

}  // namespace
}  // namespace openfc
