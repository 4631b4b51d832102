#include "emulator/platform/invoke_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace openfc::emulator {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::Pair;

TEST(PlatformErrorAnswerTest, HasTheKeysOfItsVersion) {
  const PlatformError error{.status = 404, .code = "FunctionNotFound", .message = "no \"f\""};

  const auto fc3 = PlatformErrorAnswer(error, "1-a", /*is_fc3=*/true);
  const auto fc2 = PlatformErrorAnswer(error, "1-a", /*is_fc3=*/false);

  EXPECT_EQ(fc3.status, 404);
  EXPECT_EQ(nlohmann::json::parse(fc3.body),
            (nlohmann::json{
                {"RequestId", "1-a"}, {"Code", "FunctionNotFound"}, {"Message", "no \"f\""}}));
  EXPECT_EQ(nlohmann::json::parse(fc2.body),
            (nlohmann::json{{"ErrorCode", "FunctionNotFound"}, {"ErrorMessage", "no \"f\""}}));
  EXPECT_THAT(fc3.headers, Contains(Pair("X-Fc-Request-Id", "1-a")));
}

TEST(PlatformErrorAnswerTest, FollowsTheVersionOfThePath) {
  EXPECT_TRUE(IsFc3Path("/2023-03-30/functions/f/invocations"));
  EXPECT_TRUE(IsFc3Path("/"));
  EXPECT_FALSE(IsFc3Path("/2021-04-06/services/s"));
  EXPECT_FALSE(IsFc3Path("/2016-08-15/proxy/s/f/"));
}

TEST(CallHeadersTest, TellFiguresInTheUnitsOfThePlatform) {
  const CallResult result{.outcome = Response{},
                          .instance_id = "i-1",
                          .duration = std::chrono::microseconds(12345),
                          .peak_memory_bytes = 3 * 1024 * 1024 / 2};

  const auto headers = CallHeaders(result, "1-a");

  EXPECT_THAT(headers, Contains(Pair("X-Fc-Instance-Id", "i-1")));
  EXPECT_THAT(headers, Contains(Pair("X-Fc-Invocation-Duration", "12.35")));
  EXPECT_THAT(headers, Contains(Pair("X-Fc-Max-Memory-Usage", "1.50")));
  EXPECT_THAT(headers, Contains(Pair("X-Fc-Invocation-Service-Version", "LATEST")));
  EXPECT_THAT(headers, Contains(Pair("X-Fc-Invocation-Code-Version", "LATEST")));
}

TEST(CallHeadersTest, TellTheChecksumWhereItIsKnown) {
  EXPECT_THAT(CallHeaders({.outcome = Response{}, .code_checksum = "77"}, "1-a"),
              Contains(Pair("X-Fc-Code-Checksum", "77")));
  EXPECT_THAT(CallHeaders({.outcome = Response{}}, "1-a"),
              Not(Contains(Pair("X-Fc-Code-Checksum", ::testing::_))));
}

TEST(InvokeApiTest, KnowsItsPaths) {
  EXPECT_TRUE(InvokeApi::Serves("/2023-03-30/functions/f/invocations"));
  EXPECT_TRUE(InvokeApi::Serves("/2021-04-06/services/s/functions/f/invocations"));
  EXPECT_TRUE(InvokeApi::Serves("/2016-08-15/services/s/functions/f/invocations"));
  EXPECT_FALSE(InvokeApi::Serves("/2023-03-30/functions/f"));
  EXPECT_FALSE(InvokeApi::Serves("/2016-08-15/services/s/invocations"));
  EXPECT_FALSE(InvokeApi::Serves("/2016-08-15/functions/f/invocations"));
  EXPECT_FALSE(InvokeApi::Serves("/2023-03-30/services/s/functions/f/invocations"));
}

}  // namespace
}  // namespace openfc::emulator
