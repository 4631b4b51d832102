#include "runtime/http/lookout.h"

#include <gtest/gtest.h>

namespace openfc::http {
namespace {

constexpr auto kShort = Lookout::kShortSleep;
constexpr auto kLong = Lookout::kShortSleep + std::chrono::nanoseconds(1);

void Sleep(Lookout& lookout, int times, Lookout::Clock::duration length) {
  for (int i = 0; i < times; ++i) lookout.OnSlept(length);
}

TEST(LookoutTest, IsWorthwhileAfterManyShortSleepsInARow) {
  Lookout lookout;
  Sleep(lookout, Lookout::kShortSleeps - 1, kShort);
  EXPECT_FALSE(lookout.IsWorthwhile());
  Sleep(lookout, 1, kShort);
  EXPECT_TRUE(lookout.IsWorthwhile());
}

TEST(LookoutTest, IsNotWorthwhileWhenALongSleepStandsBetween) {
  Lookout lookout;
  Sleep(lookout, Lookout::kShortSleeps - 1, kShort);
  Sleep(lookout, 1, kLong);
  Sleep(lookout, Lookout::kShortSleeps - 1, kShort);
  EXPECT_FALSE(lookout.IsWorthwhile());
}

TEST(LookoutTest, StaysWorthwhileUntilItWasInVain) {
  Lookout lookout;
  Sleep(lookout, Lookout::kShortSleeps, kShort);
  lookout.OnLooked(/*in_vain=*/false);
  EXPECT_TRUE(lookout.IsWorthwhile());
  lookout.OnLooked(/*in_vain=*/true);
  EXPECT_FALSE(lookout.IsWorthwhile());
}

}  // namespace
}  // namespace openfc::http
