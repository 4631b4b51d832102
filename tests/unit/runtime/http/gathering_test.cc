#include "runtime/http/gathering.h"

#include <boost/asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace openfc::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Writes down what it is told, and goes on holding for some moments.
class ScriptedHolder final : public Holder {
 public:
  ScriptedHolder(std::string name, int moments, std::vector<std::string>& told)
      : name_(std::move(name)), moments_(moments), told_(told) {}

  bool GoesOnHolding(std::uint64_t now) override {
    told_.push_back(name_ + " moment " + std::to_string(now));
    return --moments_ > 0;
  }
  void OnRoundOver() override {
    told_.push_back(name_ + " round");
    if (const auto callback = std::exchange(on_round, nullptr)) callback();
  }

  std::function<void()> on_round;

 private:
  const std::string name_;
  int moments_;
  std::vector<std::string>& told_;
};

/// On the test's thread, which is the server's here. Running the loop waits for events alone, and
/// ends when there is nothing to wait for.
class GatheringTest : public ::testing::Test {
 protected:
  std::shared_ptr<ScriptedHolder> Make(const std::string& name, int moments = 1) {
    return std::make_shared<ScriptedHolder>(name, moments, told_);
  }

  asio::io_context io_;
  Gathering gathering_{io_};
  std::vector<std::string> told_;
};

TEST_F(GatheringTest, WaitsForNothingWhileNobodyHolds) {
  EXPECT_EQ(io_.run(), 0U);

  EXPECT_EQ(gathering_.now(), 0U);
}

TEST_F(GatheringTest, TellsAllWhoHoldOfTheSameMoment) {
  gathering_.Add(Make("one"));
  gathering_.Add(Make("other"));

  EXPECT_EQ(io_.run(), 1U) << "by one timer";

  EXPECT_THAT(told_, ElementsAre("one moment 1", "other moment 1"));
  EXPECT_EQ(gathering_.now(), 1U);
}

TEST_F(GatheringTest, GoesOnWithThoseWhoDoAndForgetsTheOthers) {
  gathering_.Add(Make("short"));
  gathering_.Add(Make("long", 3));

  io_.run();

  EXPECT_THAT(told_,
              ElementsAre("short moment 1", "long moment 1", "long moment 2", "long moment 3"));
}

TEST_F(GatheringTest, CountsOnWhenSomebodyHoldsAgain) {
  gathering_.Add(Make("first"));
  io_.run();
  io_.restart();

  gathering_.Add(Make("second"));
  io_.run();

  EXPECT_THAT(told_, ElementsAre("first moment 1", "second moment 2"));
}

TEST_F(GatheringTest, LetsGoOfThoseWhoHoldNoLonger) {
  auto holder = Make("one");
  const std::weak_ptr<ScriptedHolder> seen = holder;
  gathering_.Add(std::move(holder));
  EXPECT_FALSE(seen.expired());

  io_.run();

  EXPECT_TRUE(seen.expired());
}

TEST_F(GatheringTest, TellsOfARoundsEndOnceWhatWasReadyIsServed) {
  gathering_.AddToRound(Make("one"));
  gathering_.AddToRound(Make("other"));
  asio::post(io_, [this] { told_.emplace_back("served later"); });
  EXPECT_THAT(told_, IsEmpty());

  EXPECT_EQ(io_.poll(), 2U) << "all of a round by one call";

  EXPECT_THAT(told_, ElementsAre("one round", "other round", "served later"));
}

TEST_F(GatheringTest, TellsOfTheNextRoundThoseWhoCameInThisOne) {
  const auto again = Make("again");
  const auto late = Make("late");
  again->on_round = [&] {
    gathering_.AddToRound(late);
    told_.emplace_back("added");
  };
  gathering_.AddToRound(again);

  io_.poll();

  EXPECT_THAT(told_, ElementsAre("again round", "added", "late round"));
}

TEST_F(GatheringTest, HasNoMomentForARoundAlone) {
  gathering_.AddToRound(Make("one"));

  io_.run();

  EXPECT_EQ(gathering_.now(), 0U);
}

}  // namespace
}  // namespace openfc::http
