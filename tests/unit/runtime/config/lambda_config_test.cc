#include "runtime/config/lambda_config.h"

#include "runtime/config/runtime_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc {
namespace {

RuntimeConfig Configure(Environment environment) {
  environment.emplace("AWS_LAMBDA_RUNTIME_API", "localhost:9001");
  environment.emplace("_HANDLER", "app.handler");
  auto config = RuntimeConfig::From(environment);
  EXPECT_TRUE(config);
  return *config;
}

TEST(LambdaConfigTest, HasTheDefaultsOfThatPlatform) {
  const RuntimeConfig config = Configure({});

  EXPECT_EQ(config.code_path, "/var/task");
  EXPECT_EQ(config.lambda.handler, "app.handler");
  EXPECT_FALSE(config.lambda.log_is_json);
  EXPECT_EQ(config.lambda.log_level, "");
  EXPECT_EQ(config.lambda.log_fd, std::nullopt);
  EXPECT_FALSE(config.lambda.keeps_unicode);
}

TEST(LambdaConfigTest, ReadsWhatTheEnvironmentSays) {
  const RuntimeConfig config = Configure({{"LAMBDA_TASK_ROOT", "/srv"},
                                          {"AWS_LAMBDA_LOG_FORMAT", "Json"},
                                          {"AWS_LAMBDA_LOG_LEVEL", "warning"},
                                          {"_LAMBDA_TELEMETRY_LOG_FD", "7"},
                                          {"AWS_EXECUTION_ENV", "AWS_Lambda_python3.12"}});

  EXPECT_EQ(config.code_path, "/srv");
  EXPECT_TRUE(config.lambda.log_is_json);
  EXPECT_EQ(config.lambda.log_level, "WARNING");
  EXPECT_EQ(config.lambda.log_fd, 7);
  EXPECT_TRUE(config.lambda.keeps_unicode);
}

TEST(LambdaConfigTest, TakesTraceForDebug) {
  EXPECT_EQ(Configure({{"AWS_LAMBDA_LOG_LEVEL", "TRACE"}}).lambda.log_level, "DEBUG");
}

TEST(LambdaConfigTest, WritesAsciiUnderTheNamesOfOlderRuntimes) {
  EXPECT_FALSE(Configure({{"AWS_EXECUTION_ENV", "AWS_Lambda_python3.11"}}).lambda.keeps_unicode);
}

TEST(LambdaConfigTest, TakesFcVariablesForTheUsers) {
  const RuntimeConfig config =
      Configure({{"FC_FUNC_CODE_PATH", "/code"}, {"FC_CONCURRENT_LIMIT", "9"}});

  EXPECT_EQ(config.code_path, "/var/task");
  EXPECT_EQ(config.concurrent_limit, 1U);
}

TEST(LambdaConfigTest, IsRefusedWithoutAHandler) {
  const auto config = RuntimeConfig::From({{"AWS_LAMBDA_RUNTIME_API", "localhost:9001"}});

  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, ::testing::HasSubstr("_HANDLER is not set"));
}

}  // namespace
}  // namespace openfc
