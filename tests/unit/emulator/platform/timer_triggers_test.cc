#include "emulator/platform/timer_triggers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace openfc::emulator {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(TimerTriggersTest, CallAFunctionAsThePlatformsDo) {
  const std::chrono::system_clock::time_point time(std::chrono::milliseconds(1769860800900));

  const auto event = nlohmann::json::parse(
      TimerEvent({.name = "tick", .expression = "@every 1m", .payload = "{\"n\":1}"}, time));

  EXPECT_EQ(event, nlohmann::json::parse(R"({"triggerTime": "2026-01-31T12:00:00Z",
                                             "triggerName": "tick", "payload": "{\"n\":1}"})"));
}

TEST(TimerTriggersTest, AreRefusedWithTheirNamesWhenTheyCannotBeUnderstood) {
  const FunctionDefinition good{.name = "f", .timers = {{.name = "t", .expression = "@every 1m"}}};
  const FunctionDefinition bad{.name = "f", .timers = {{.name = "t", .expression = "whenever"}}};

  EXPECT_TRUE(CheckTimers(good));
  const Status refused = CheckTimers(bad);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message, StartsWith("the timer t of f: "));
}

}  // namespace
}  // namespace openfc::emulator
