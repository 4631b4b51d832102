#include "tests/unit/emulator/service_file/service_file_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AsyncSectionTest : public ServiceFileTest {};

TEST_F(AsyncSectionTest, HasThePlatformsDefaults) {
  const AsyncConfig async = Read(kFc3)->definition.async;

  EXPECT_FALSE(async.has_tasks);
  EXPECT_EQ(async.max_age, seconds(18000));
  EXPECT_EQ(async.max_retries, 3);
  EXPECT_EQ(async.on_success, "");
  EXPECT_EQ(async.on_failure, "");
}

TEST_F(AsyncSectionTest, ReadsTheConfigOfEdition3) {
  const auto function = Read(Replace(kFc3, "timeout: 10", R"(asyncInvokeConfig:
        asyncTask: true
        maxAsyncEventAgeInSeconds: 60
        maxAsyncRetryAttempts: 0
        qualifier: LATEST
        destinationConfig:
          onSuccess: {destination: "acs:fc:::functions/next"}
          onFailure: {destination: "acs:mns:::queues/q/messages"})"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  const AsyncConfig& async = function->definition.async;
  EXPECT_TRUE(async.has_tasks);
  EXPECT_EQ(async.max_age, seconds(60));
  EXPECT_EQ(async.max_retries, 0);
  EXPECT_EQ(async.on_success, "acs:fc:::functions/next");
  EXPECT_EQ(async.on_failure, "acs:mns:::queues/q/messages");
  EXPECT_THAT(function->without_effect,
              ElementsAre("resources.hello.props.asyncInvokeConfig.qualifier"));
}

TEST_F(AsyncSectionTest, ReadsTheConfigOfEdition1) {
  const auto function = Read(Replace(kFc2, "timeout: 5", R"(asyncConfiguration:
          statefulInvocation: true
          maxAsyncEventAgeInSeconds: 100
          maxAsyncRetryAttempts: 8
          destination: {onSuccess: "acs:fc:::services/s/functions/f", onFailure: ./failed.log})"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  const AsyncConfig& async = function->definition.async;
  EXPECT_TRUE(async.has_tasks);
  EXPECT_EQ(async.max_age, seconds(100));
  EXPECT_EQ(async.max_retries, 8);
  EXPECT_EQ(async.on_success, "acs:fc:::services/s/functions/f");
  EXPECT_EQ(async.on_failure, "./failed.log");
}

TEST_F(AsyncSectionTest, NamesTheWordsOfTheOtherEdition) {
  const auto function = Read(Replace(kFc3, "timeout: 10", "asyncConfiguration: {}"));

  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_THAT(function->without_effect, ElementsAre("resources.hello.props.asyncConfiguration"));
}

TEST_F(AsyncSectionTest, RefusesOtherShapes) {
  EXPECT_THAT(Refusal(Replace(kFc3, "timeout: 10", "asyncInvokeConfig: {asyncTask: 1}")),
              HasSubstr("asyncInvokeConfig.asyncTask must be true or false, but is '1'"));
  EXPECT_THAT(Refusal(Replace(kFc3, "timeout: 10",
                              "asyncInvokeConfig: {destinationConfig: {onFailure: {to: x}}}")),
              HasSubstr("asyncInvokeConfig.destinationConfig.onFailure.destination is missing"));
  EXPECT_THAT(Refusal(Replace(kFc3, "timeout: 10",
                              "asyncInvokeConfig: {destinationConfig: {onFailure: [x]}}")),
              HasSubstr("onFailure must be a text, but is a list"));
  EXPECT_THAT(
      Refusal(Replace(kFc2, "timeout: 5", "asyncConfiguration: {maxAsyncRetryAttempts: many}")),
      HasSubstr("maxAsyncRetryAttempts must be a whole number, but is 'many'"));
}

}  // namespace
}  // namespace openfc::emulator
