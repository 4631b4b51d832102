#include "emulator/platform/platform_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""h;
using ::testing::ElementsAre;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe");
    reading = UniqueFd(ends[0]);
    writing = UniqueFd(ends[1]);
  }
  void Write() const { (void)!::write(writing.get(), "x", 1); }
  void Read() const {
    char byte = 0;
    (void)!::read(reading.get(), &byte, 1);
  }
  UniqueFd reading;
  UniqueFd writing;
};

class PlatformLoopTest : public ::testing::Test {
 protected:
  /// Waits until there is something to do, and does it.
  void TurnOnce() {
    const UniqueFd readiness = *loop_->Readiness();
    pollfd entry{.fd = readiness.get(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&entry, 1, 20000), 1);
    loop_->Turn();
  }

  const std::unique_ptr<PlatformLoop> loop_ = *PlatformLoop::Make();
  std::vector<std::string> told_;
};

TEST_F(PlatformLoopTest, TellsOfADescriptorThatIsReady) {
  const Pipe pipe;
  const FdWatch watch(*loop_, pipe.reading.get(), EPOLLIN, [&] {
    pipe.Read();
    told_.push_back("ready");
  });

  loop_->Turn();
  EXPECT_THAT(told_, ElementsAre());
  pipe.Write();
  TurnOnce();
  loop_->Turn();

  EXPECT_THAT(told_, ElementsAre("ready"));
}

TEST_F(PlatformLoopTest, TellsNothingOfAWatchThatIsGone) {
  const Pipe pipe;
  auto watch = std::make_unique<FdWatch>(*loop_, pipe.reading.get(), EPOLLIN,
                                         [&] { told_.push_back("ready"); });
  pipe.Write();

  watch.reset();
  loop_->Turn();

  EXPECT_THAT(told_, ElementsAre());
}

TEST_F(PlatformLoopTest, LetsACallbackDestroyItsOwnWatchAndAnother) {
  const Pipe one;
  const Pipe two;
  std::unique_ptr<FdWatch> first;
  std::unique_ptr<FdWatch> second;
  const auto end_both = [&] {
    first.reset();
    second.reset();
    told_.push_back("once");
  };
  first = std::make_unique<FdWatch>(*loop_, one.reading.get(), EPOLLIN, end_both);
  second = std::make_unique<FdWatch>(*loop_, two.reading.get(), EPOLLIN, end_both);
  one.Write();
  two.Write();

  TurnOnce();
  loop_->Turn();

  EXPECT_THAT(told_, ElementsAre("once"));
}

TEST_F(PlatformLoopTest, RingsAlarmsInTheirOrderAndOnce) {
  Alarm late(*loop_, [&] { told_.push_back("late"); });
  Alarm early(*loop_, [&] { told_.push_back("early"); });
  const auto now = Deadline::Clock::now();
  late.Set(Deadline(now - 1ms));
  early.Set(Deadline(now - 2ms));

  TurnOnce();
  loop_->Turn();

  EXPECT_THAT(told_, ElementsAre("early", "late"));
  EXPECT_FALSE(early.IsSet());
}

TEST_F(PlatformLoopTest, RingsAnAlarmThatIsSetForTheFuture) {
  Alarm alarm(*loop_, [&] { told_.push_back("rang"); });
  Alarm far(*loop_, [&] { told_.push_back("far"); });
  far.Set(Deadline::After(1h));
  alarm.Set(Deadline::After(1ms));

  while (told_.empty()) TurnOnce();

  EXPECT_THAT(told_, ElementsAre("rang"));
  EXPECT_TRUE(far.IsSet());
}

TEST_F(PlatformLoopTest, RingsAnAlarmAtItsLastSettingOnly) {
  Alarm alarm(*loop_, [&] { told_.push_back("rang"); });
  alarm.Set(Deadline::After(0ms));
  alarm.Set(Deadline::After(1h));

  loop_->Turn();
  EXPECT_THAT(told_, ElementsAre());
  alarm.Set(Deadline::Never());

  EXPECT_FALSE(alarm.IsSet());
}

TEST_F(PlatformLoopTest, LetsAnAlarmDestroyItselfAndSetAnother) {
  auto one = std::make_unique<Alarm>(*loop_, [&] { told_.push_back("one"); });
  Alarm next(*loop_, [&] { told_.push_back("next"); });
  std::unique_ptr<Alarm> ends;
  ends = std::make_unique<Alarm>(*loop_, [&] {
    ends.reset();
    one.reset();
    next.Set(Deadline::After(0ms));
  });
  const auto now = Deadline::Clock::now();
  ends->Set(Deadline(now - 2ms));
  one->Set(Deadline(now - 1ms));

  while (told_.empty()) TurnOnce();

  EXPECT_THAT(told_, ElementsAre("next"));
}

TEST_F(PlatformLoopTest, RunsWhatOtherThreadsPostInOrder) {
  std::jthread([&] {
    loop_->Post([&] { told_.push_back("one"); });
    loop_->Post([&] { told_.push_back("two"); });
  }).join();

  TurnOnce();

  EXPECT_THAT(told_, ElementsAre("one", "two"));
}

TEST_F(PlatformLoopTest, RunsWhatAPostedCallPostsInTheNextTurn) {
  loop_->Post([&] { loop_->Post([&] { told_.push_back("inner"); }); });
  TurnOnce();
  EXPECT_THAT(told_, ElementsAre());

  TurnOnce();

  EXPECT_THAT(told_, ElementsAre("inner"));
}

}  // namespace
}  // namespace openfc::emulator
