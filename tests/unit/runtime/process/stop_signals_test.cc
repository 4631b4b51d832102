#include "runtime/process/stop_signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>
#include <vector>

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

using Signals = std::vector<int>;

TEST(AwaitEndTest, AsksOfEachSignalAndEndsWhenThatIsToldToOneOfThem) {
  const auto signals = *StopSignals::Hold();
  const EndMark end;
  Signals seen;
  ::raise(SIGINT);
  ::raise(SIGTERM);

  AwaitEnd(*signals, end, [&seen](int signal) {
    seen.push_back(signal);
    return seen.size() == 2 ? OnStop::kEndNow : OnStop::kAwaitEnd;
  });

  EXPECT_EQ(seen, (Signals{SIGINT, SIGTERM}));
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
  ::signal(SIGHUP, SIG_DFL);
}

TEST(AwaitEndTest, EndsWhenAnotherThreadHasToldTheEnd) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const auto signals = *StopSignals::Hold();
        const EndMark end;
        std::jthread thread;
        ::raise(SIGTERM);
        AwaitEnd(*signals, end, [&](int signal) {
          thread = std::jthread(end.Teller());
          return signal == SIGTERM ? OnStop::kAwaitEnd : OnStop::kEndNow;
        });
        ::_exit(7);
      },
      ::testing::ExitedWithCode(7), "");
}

TEST(AwaitEndTest, LeavesSignalsThatComeLateWithoutEffect) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        auto signals = *StopSignals::Hold();
        const EndMark end;
        end.Teller()();
        ::raise(SIGTERM);  // As all ends.
        AwaitEnd(*signals, end, [](int) { return OnStop::kAwaitEnd; });
        ::raise(SIGINT);  // While the program takes itself apart.
        signals.reset();
        ::raise(SIGHUP);  // On its last line.
        ::_exit(7);
      },
      ::testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace openfc
