#include "runtime/process/stop_signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace openfc {
namespace {

TEST(StopSignalsTest, AreHeldForTheOwner) {
  const auto signals = *StopSignals::Hold();
  EXPECT_EQ(signals->Read(), std::nullopt);

  ::raise(SIGINT);
  ::raise(SIGTERM);

  EXPECT_EQ(signals->Read(), SIGINT);
  EXPECT_EQ(signals->Read(), SIGTERM);
  EXPECT_EQ(signals->Read(), std::nullopt);
}

TEST(StopSignalsTest, StayIgnoredWhereTheyWere) {
  ::signal(SIGHUP, SIG_IGN);
  const auto signals = *StopSignals::Hold();

  ::raise(SIGHUP);

  EXPECT_EQ(signals->Read(), std::nullopt);
  ::signal(SIGHUP, SIG_DFL);
}

TEST(StopSignalsTest, TakeTheirUsualEffectAfterwards) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // Other cases may have left threads.
  EXPECT_EXIT(
      {
        const auto signals = *StopSignals::Hold();
        ::raise(SIGTERM);
      },
      ::testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace openfc
