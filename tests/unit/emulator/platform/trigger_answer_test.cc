#include "emulator/platform/trigger_answer.h"

#include "runtime/wire/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace openfc::emulator {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::Pair;

CallResult Answering(std::string body) {
  return {.outcome = Response{.body = std::move(body)}, .log = "said\n"};
}

TEST(TriggerAnswerTest, IsWhatTheFunctionDescribes) {
  const auto answer = TriggerAnswer(
      Answering(R"({"statusCode": 201, "headers": {"X-A": "b", "X-Fc-Own": "c"}, "body": "x"})"),
      {.request_id = "1-a"});

  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "x");
  EXPECT_THAT(answer.headers, ElementsAre(Pair("X-A", "b"), Pair("X-Fc-Request-Id", "1-a")));
}

TEST(TriggerAnswerTest, Is502ForAFailure) {
  const CallResult failed{.outcome =
                              FunctionError{.fc_type = "UnhandledInvocationError",
                                            .failure = {.type = "ValueError", .document = "{}"}}};

  const auto answer = TriggerAnswer(failed, {.request_id = "1-a"});

  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(answer.body, "{}");
  EXPECT_THAT(answer.headers, Contains(Pair("X-Fc-Error-Type", "UnhandledInvocationError")));
}

TEST(TriggerAnswerTest, HasTheLogWhereItIsWanted) {
  const auto header = Pair("X-Fc-Log-Result", wire::EncodeBase64("said\n"));

  EXPECT_THAT(TriggerAnswer(Answering("x"), {.request_id = "1-a", .wants_log = true}).headers,
              Contains(header));
  EXPECT_THAT(TriggerAnswer(Answering("x"), {.request_id = "1-a"}).headers, Not(Contains(header)));
}

TEST(TriggerAnswerTest, HasNoMoreHeadersThanThePlatformTakes) {
  const std::string result =
      R"({"statusCode": 200, "headers": {"X-A": ")" + std::string(8192, 'v') + R"("}})";

  const auto limited = TriggerAnswer(Answering(result), {.request_id = "1-a"});
  const auto lifted =
      TriggerAnswer(Answering(result), {.request_id = "1-a", .limits = PlatformLimits::kLifted});

  EXPECT_EQ(limited.status, 502);
  EXPECT_EQ(nlohmann::json::parse(limited.body)["Code"], "BadResponse");
  EXPECT_EQ(lifted.status, 200);
}

TEST(TriggerAnswerTest, CannotBreakHttpWhateverTheLimits) {
  const auto answer =
      TriggerAnswer(Answering(R"({"statusCode": 200, "headers": {"X-A": "a\r\nX-B: c"}})"),
                    {.request_id = "1-a", .limits = PlatformLimits::kLifted});

  EXPECT_EQ(answer.status, 502);
}

TEST(TriggerRefusalTest, HasOneTypeAtFc2AndTheCodeAtFc3) {
  const PlatformError error{.status = 404, .code = "TriggerNotFound", .message = "none"};

  const auto fc3 = TriggerRefusal(error, {.request_id = "1-a"});
  const auto fc2 = TriggerRefusal(error, {.request_id = "1-a", .is_fc3 = false});

  EXPECT_THAT(fc3.headers, Contains(Pair("X-Fc-Error-Type", "TriggerNotFound")));
  EXPECT_EQ(nlohmann::json::parse(fc3.body)["Code"], "TriggerNotFound");
  EXPECT_THAT(fc2.headers, Contains(Pair("X-Fc-Error-Type", "FcCommonError")));
  EXPECT_EQ(nlohmann::json::parse(fc2.body)["ErrorCode"], "TriggerNotFound");
}

}  // namespace
}  // namespace openfc::emulator
