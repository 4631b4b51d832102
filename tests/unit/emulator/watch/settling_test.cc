#include "emulator/watch/settling.h"

#include <gmock/gmock.h>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SettlingTest : public ::testing::Test {
 protected:
  const Settling::Clock::time_point start_{1000h};
  Settling settling_{100ms};
};

TEST_F(SettlingTest, HasNothingAtFirst) {
  EXPECT_TRUE(settling_.Next().IsNever());
  EXPECT_THAT(settling_.TakeSettled(start_), IsEmpty());
  EXPECT_FALSE(settling_.IsPending("a"));
}

TEST_F(SettlingTest, WaitsForQuietAfterTheLastTouch) {
  settling_.Touch("a", start_);
  settling_.Touch("a", start_ + 80ms);

  EXPECT_EQ(settling_.Next().when(), start_ + 180ms);
  EXPECT_THAT(settling_.TakeSettled(start_ + 179ms), IsEmpty());
  EXPECT_TRUE(settling_.IsPending("a"));
  EXPECT_THAT(settling_.TakeSettled(start_ + 180ms), ElementsAre("a"));
}

TEST_F(SettlingTest, TellsEachBurstOnce) {
  settling_.Touch("a", start_);

  EXPECT_THAT(settling_.TakeSettled(start_ + 1h), ElementsAre("a"));
  EXPECT_THAT(settling_.TakeSettled(start_ + 2h), IsEmpty());
  EXPECT_FALSE(settling_.IsPending("a"));
  settling_.Touch("a", start_ + 2h);
  EXPECT_THAT(settling_.TakeSettled(start_ + 3h), ElementsAre("a"));
}

TEST_F(SettlingTest, KeepsThingsApart) {
  settling_.Touch("b", start_);
  settling_.Touch("a", start_ + 10ms);
  settling_.Touch("c", start_ + 90ms);

  EXPECT_EQ(settling_.Next().when(), start_ + 100ms);
  EXPECT_THAT(settling_.TakeSettled(start_ + 110ms), ElementsAre("a", "b"));
  EXPECT_EQ(settling_.Next().when(), start_ + 190ms);
}

TEST_F(SettlingTest, IsNotHurriedByATouchFromBefore) {
  settling_.Touch("a", start_ + 50ms);
  settling_.Touch("a", start_);

  EXPECT_EQ(settling_.Next().when(), start_ + 150ms);
}

TEST_F(SettlingTest, Forgets) {
  settling_.Touch("a", start_);
  settling_.Forget("a");

  EXPECT_TRUE(settling_.Next().IsNever());
}

}  // namespace
}  // namespace openfc::emulator
