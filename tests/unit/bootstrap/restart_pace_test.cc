#include "bootstrap/rloader/restart_pace.h"

#include <gmock/gmock.h>

namespace openfc::bootstrap {
namespace {

using std::chrono_literals::operator""ms;
using ::testing::Optional;

constexpr DeathCircumstances kEarly{.has_polled = false, .had_work = false};
constexpr DeathCircumstances kAtWork{.has_polled = true, .had_work = true};
constexpr DeathCircumstances kIdle{.has_polled = true, .had_work = false};

TEST(RestartPaceTest, GivesUpAtTheFifthEarlyDeathInARow) {
  RestartPace pace;

  for (int i = 0; i < 4; ++i) EXPECT_THAT(pace.AfterDeath(kEarly), Optional(0ms));

  EXPECT_EQ(pace.AfterDeath(kEarly), std::nullopt);
  EXPECT_EQ(pace.early_deaths(), 5);
}

TEST(RestartPaceTest, CountsAnewAfterARuntimeThatPolled) {
  RestartPace pace;
  for (int i = 0; i < 4; ++i) (void)pace.AfterDeath(kEarly);

  EXPECT_TRUE(pace.AfterDeath(kAtWork));

  EXPECT_EQ(pace.early_deaths(), 0);
  EXPECT_TRUE(pace.AfterDeath(kEarly));
}

TEST(RestartPaceTest, RestartsAtOnceAfterADeathAtWork) {
  RestartPace pace;

  for (int i = 0; i < 1000; ++i) EXPECT_THAT(pace.AfterDeath(kAtWork), Optional(0ms));
}

TEST(RestartPaceTest, SlowsDownOneThatDiesWithoutWork) {
  RestartPace pace;

  for (const auto pause : {50ms, 100ms, 200ms, 400ms, 800ms, 1600ms, 2000ms, 2000ms}) {
    EXPECT_THAT(pace.AfterDeath(kIdle), Optional(pause));
  }
  for (int i = 0; i < 1000; ++i) EXPECT_THAT(pace.AfterDeath(kIdle), Optional(2000ms));
}

TEST(RestartPaceTest, ForgetsIdleDeathsOnceThereWasWork) {
  RestartPace pace;
  for (int i = 0; i < 10; ++i) (void)pace.AfterDeath(kIdle);

  EXPECT_THAT(pace.AfterDeath(kAtWork), Optional(0ms));

  EXPECT_THAT(pace.AfterDeath(kIdle), Optional(50ms));
}

}  // namespace
}  // namespace openfc::bootstrap
