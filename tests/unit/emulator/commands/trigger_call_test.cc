#include "emulator/commands/trigger_call.h"

#include "emulator/events/sample_event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kPut =
    R"({"version":"v1","rawPath":"/a%20b","queryParameters":{"x":"1"},"body":"hi",)"
    R"("requestContext":{"http":{"method":"PUT"}}})";

class TriggerCallTest : public ::testing::Test {
 protected:
  TriggerCallTest() { function_.http_trigger.emplace(); }

  TriggerCall CallOf(const std::optional<std::string>& event = {}) {
    line_.event = event;
    auto call = TriggerCallOf(line_, function_, event.value_or(""));
    if (!call) throw std::runtime_error(call.error().message);
    return *std::move(call);
  }
  std::string RefusalOf(const std::optional<std::string>& event = {}) {
    line_.event = event;
    const auto call = TriggerCallOf(line_, function_, event.value_or(""));
    return call ? "none" : call.error().message;
  }

  InvokeCommandLine line_;
  FunctionDefinition function_{.name = "f", .edition = Edition::kFc3};
};

TEST_F(TriggerCallTest, IsTheEventWhereThereIsNoTrigger) {
  function_.http_trigger.reset();

  EXPECT_EQ(CallOf().body, "");
  EXPECT_EQ(CallOf(kPut).body, kPut);
  EXPECT_FALSE(CallOf(kPut).http);
}

TEST_F(TriggerCallTest, IsAnEventOfFc3sTriggerWhenNoneIsGiven) {
  const TriggerCall call = CallOf();

  EXPECT_THAT(call.body, AllOf(HasSubstr(R"("version":"v1")"), HasSubstr(R"("method":"GET")"),
                               HasSubstr(R"("rawPath":"/")")));
  EXPECT_FALSE(call.http);
  EXPECT_FALSE(call.http_params);
}

TEST_F(TriggerCallTest, LeavesTheEventsOfFc3AsTheyAre) {
  EXPECT_EQ(CallOf("").body, "");
  EXPECT_EQ(CallOf("any").body, "any");
  EXPECT_EQ(CallOf(kPut).body, kPut);
}

TEST_F(TriggerCallTest, IsARequestForACustomRuntime) {
  function_.custom.emplace();

  EXPECT_EQ(CallOf().http->method, "GET");
  EXPECT_EQ(CallOf().http->target, "/");
  const TriggerCall put = CallOf(kPut);
  EXPECT_EQ(put.http->method, "PUT");
  EXPECT_EQ(put.http->target, "/a%20b?x=1");
  EXPECT_EQ(put.body, "hi");
  EXPECT_EQ(CallOf("any").body, "any");
  EXPECT_FALSE(CallOf("any").http);
}

TEST_F(TriggerCallTest, HasThePrefixForACustomRuntimeOfFc2) {
  function_.custom.emplace();
  function_.edition = Edition::kFc2;
  function_.service_name = "s";

  EXPECT_EQ(CallOf(kPut).http->target, "/2016-08-15/proxy/s/f/a%20b?x=1");
}

TEST_F(TriggerCallTest, IsParametersForAnHttpFunctionOfFc2) {
  function_.edition = Edition::kFc2;

  EXPECT_TRUE(CallOf().http_params);
  EXPECT_EQ(CallOf().body, "");
  EXPECT_TRUE(CallOf(kPut).http_params);
  EXPECT_EQ(CallOf(kPut).body, "hi");
  EXPECT_FALSE(CallOf(kPut).http);
}

TEST_F(TriggerCallTest, RefusesAnEventForAnHttpFunctionOfFc2) {
  function_.edition = Edition::kFc2;

  EXPECT_THAT(RefusalOf("any"), HasSubstr("takes requests, no events"));
  EXPECT_THAT(RefusalOf(""), HasSubstr("takes requests, no events"));
}

TEST_F(TriggerCallTest, RefusesARequestThatTheTriggerWouldRefuse) {
  function_.edition = Edition::kFc2;
  function_.http_trigger->methods = {"GET"};

  EXPECT_EQ(RefusalOf(kPut), "the HTTP trigger of f does not take PUT");
  EXPECT_EQ(RefusalOf(), "none");
}

TEST_F(TriggerCallTest, HasAMethodThatTheTriggerTakes) {
  function_.custom.emplace();
  function_.http_trigger->methods = {"POST", "PUT"};

  EXPECT_EQ(CallOf().http->method, "POST");
}

TEST_F(TriggerCallTest, TakesAProgramInTheRuntimesPlaceForABuiltInOne) {
  function_.custom.emplace();
  line_.bootstrap = "/some/program";

  EXPECT_FALSE(CallOf().http);
  EXPECT_THAT(CallOf().body, HasSubstr(R"("version":"v1")"));
}

}  // namespace
}  // namespace openfc::emulator
