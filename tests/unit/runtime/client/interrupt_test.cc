#include "runtime/client/interrupt.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <thread>

namespace openfc {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

struct SocketPair {
  SocketPair() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    ours = UniqueFd(ends[0]);
    theirs = UniqueFd(ends[1]);
  }
  /// 0: the end of the stream.
  ssize_t Read() const {
    char byte = 0;
    return ::recv(ours.get(), &byte, 1, MSG_DONTWAIT);
  }
  UniqueFd ours;
  UniqueFd theirs;
};

TEST(InterruptTest, LetsAPauseRunItsLength) {
  Interrupt interrupt;

  EXPECT_TRUE(interrupt.Pause(milliseconds(1)));
}

TEST(InterruptTest, CutsAPauseShortFromAnotherThread) {
  Interrupt interrupt;
  const std::jthread other([&interrupt] { interrupt.Trigger(); });

  EXPECT_FALSE(interrupt.Pause(hours(1)));
}

TEST(InterruptTest, RefusesEveryPauseOnceTriggered) {
  Interrupt interrupt;
  interrupt.Trigger();

  EXPECT_FALSE(interrupt.Pause(hours(1)));
  EXPECT_FALSE(interrupt.Pause(hours(1)));
}

TEST(InterruptTest, ShutsTheWatchedSocketDown) {
  const SocketPair pair;
  Interrupt interrupt;
  Interrupt::Watch watch(interrupt);
  watch.Begin(pair.ours.get());
  EXPECT_LT(pair.Read(), 0);

  interrupt.Trigger();

  EXPECT_EQ(pair.Read(), 0);
}

TEST(InterruptTest, ShutsASocketDownThatIsWatchedAfterTheTrigger) {
  const SocketPair pair;
  Interrupt interrupt;
  Interrupt::Watch watch(interrupt);
  interrupt.Trigger();

  watch.Begin(pair.ours.get());

  EXPECT_EQ(pair.Read(), 0);
}

TEST(InterruptTest, LeavesASocketAloneThatIsNoLongerWatched) {
  const SocketPair pair;
  Interrupt interrupt;
  Interrupt::Watch watch(interrupt);
  watch.Begin(pair.ours.get());
  watch.End();

  interrupt.Trigger();

  EXPECT_LT(pair.Read(), 0);
}

TEST(InterruptTest, ShutsEverySocketDownThatIsWatched) {
  const SocketPair one;
  const SocketPair other;
  Interrupt interrupt;
  Interrupt::Watch watch_one(interrupt);
  Interrupt::Watch watch_other(interrupt);
  watch_one.Begin(one.ours.get());
  watch_other.Begin(other.ours.get());

  interrupt.Trigger();

  EXPECT_EQ(one.Read(), 0);
  EXPECT_EQ(other.Read(), 0);
}

TEST(InterruptTest, LeavesASocketAloneWhoseWatchIsGone) {
  const SocketPair pair;
  Interrupt interrupt;
  {
    Interrupt::Watch watch(interrupt);
    watch.Begin(pair.ours.get());
  }

  interrupt.Trigger();

  EXPECT_LT(pair.Read(), 0);
}

}  // namespace
}  // namespace openfc
