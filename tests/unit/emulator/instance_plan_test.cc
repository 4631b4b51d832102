#include "emulator/instance_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;

class InstancePlanTest : public ::testing::Test {
 protected:
  std::deque<Invocation> Plan() const { return PlanInstance(function_, setting_, "r-1", "event"); }
  std::vector<InvocationType> Types() const {
    std::vector<InvocationType> types;
    for (const Invocation& invocation : Plan()) types.push_back(invocation.type);
    return types;
  }

  FunctionDefinition function_{.name = "f", .timeout = seconds(7)};
  InstanceSetting setting_{.api_address = "127.0.0.1:1", .instance_id = "i-1"};
};

TEST_F(InstancePlanTest, IsTheInvocationAloneWithoutHooks) {
  const auto plan = Plan();

  ASSERT_EQ(plan.size(), 1U);
  EXPECT_EQ(plan[0].type, InvocationType::kInvoke);
  EXPECT_EQ(plan[0].request_id, "r-1");
  EXPECT_EQ(plan[0].function.handler, "index.handler");
  EXPECT_EQ(plan[0].function.timeout_s, 7);
  EXPECT_EQ(std::get<std::string>(plan[0].body), "event");
}

TEST_F(InstancePlanTest, HasTheHooksInTheOrderOfAnInstancesLife) {
  function_.pre_stop = {.handler = "index.stop"};
  function_.pre_freeze = {.handler = "index.freeze"};
  function_.initializer = {.handler = "index.start"};

  EXPECT_THAT(Types(), ElementsAre(InvocationType::kInitialize, InvocationType::kInvoke,
                                   InvocationType::kPreFreeze, InvocationType::kPreStop));
}

TEST_F(InstancePlanTest, GivesAHookItsOwnHandlerTimeoutAndId) {
  function_.initializer = {.handler = "index.start", .timeout = seconds(20)};
  function_.pre_stop = {.handler = "index.stop", .timeout = seconds(30)};

  const auto plan = Plan();

  EXPECT_EQ(plan[0].function.handler, "index.start");
  EXPECT_EQ(plan[0].function.timeout_s, 20);
  EXPECT_EQ(plan[0].instance_id, "i-1");
  EXPECT_EQ(std::get<std::string>(plan[0].body), "");
  EXPECT_EQ(plan[2].function.handler, "index.stop");
  EXPECT_EQ(plan[2].function.timeout_s, 30);
  EXPECT_EQ(
      std::set<std::string>({plan[0].request_id, plan[1].request_id, plan[2].request_id}).size(),
      3U);
}

TEST(IsClosingTest, IsTrueOfWhatComesAfterTheInvocation) {
  EXPECT_FALSE(IsClosing(InvocationType::kInitialize));
  EXPECT_FALSE(IsClosing(InvocationType::kInvoke));
  EXPECT_TRUE(IsClosing(InvocationType::kPreFreeze));
  EXPECT_TRUE(IsClosing(InvocationType::kPreStop));
}

}  // namespace
}  // namespace openfc::emulator
