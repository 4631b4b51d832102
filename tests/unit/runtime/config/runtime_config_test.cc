#include "runtime/config/runtime_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc {
namespace {

using ::testing::ElementsAre;

RuntimeConfig Configure(Environment environment) {
  environment.emplace("FC_RUNTIME_API", "localhost:9001");
  auto config = RuntimeConfig::From(environment);
  EXPECT_TRUE(config);
  return *config;
}

TEST(RuntimeConfigTest, HasTheDefaultsOfTheSpecification) {
  const RuntimeConfig config = Configure({});

  EXPECT_EQ(config.code_path, "/code");
  EXPECT_EQ(config.concurrent_limit, 1U);
  EXPECT_EQ(config.log_level, "INFO");
  EXPECT_FALSE(config.is_snapshot);
  EXPECT_EQ(config.log_fd, std::nullopt);
  EXPECT_EQ(config.page_fd, std::nullopt);
  EXPECT_EQ(config.timer_fd, std::nullopt);
  EXPECT_EQ(config.stacks_fd, std::nullopt);
  EXPECT_EQ(config.context_shape, ContextShape::kByPythonVersion);
  EXPECT_EQ(config.log_format, LogFormat::kText);
  EXPECT_EQ(config.max_response_bytes, 32U * 1024 * 1024);
}

TEST(RuntimeConfigTest, ReadsWhatTheEnvironmentSays) {
  const RuntimeConfig config = Configure({{"FC_FUNC_CODE_PATH", "/srv"},
                                          {"FC_CONCURRENT_LIMIT", "16"},
                                          {"FC_SERVER_LOG_LEVEL", "DEBUG"},
                                          {"FC_SNAPSHOT_FLAG", "1"},
                                          {"_FC_LOG_FD", "7"},
                                          {"OPENFC_PAGE_FD", "3"},
                                          {"OPENFC_TIMER_FD", "4"},
                                          {"OPENFC_STACKS_FD", "5"},
                                          {"OPENFC_CONTEXT", "fc3"},
                                          {"OPENFC_LOG_FORMAT", "json"},
                                          {"OPENFC_MAX_RESPONSE_BYTES", "1000"}});

  EXPECT_EQ(config.mode.api, (ApiAddress{"localhost", 9001}));
  EXPECT_EQ(config.code_path, "/srv");
  EXPECT_EQ(config.concurrent_limit, 16U);
  EXPECT_EQ(config.log_level, "DEBUG");
  EXPECT_TRUE(config.is_snapshot);
  EXPECT_EQ(config.log_fd, 7);
  EXPECT_EQ(config.page_fd, 3);
  EXPECT_EQ(config.timer_fd, 4);
  EXPECT_EQ(config.stacks_fd, 5);
  EXPECT_EQ(config.context_shape, ContextShape::kFc3);
  EXPECT_EQ(config.log_format, LogFormat::kJson);
  EXPECT_EQ(config.max_response_bytes, 1000U);
}

TEST(RuntimeConfigTest, TakesTheLogFormatOfFcByItsName) {
  EXPECT_EQ(Configure({{"OPENFC_LOG_FORMAT", "text"}}).log_format, LogFormat::kText);
}

TEST(RuntimeConfigTest, TakesAConcurrencyThatIsNoNumberOrBelowOneForOne) {
  EXPECT_EQ(Configure({{"FC_CONCURRENT_LIMIT", "many"}}).concurrent_limit, 1U);
  EXPECT_EQ(Configure({{"FC_CONCURRENT_LIMIT", "0"}}).concurrent_limit, 1U);
  EXPECT_EQ(Configure({{"FC_CONCURRENT_LIMIT", "-4"}}).concurrent_limit, 1U);
}

TEST(RuntimeConfigTest, TakesADescriptorThatCannotBeOneForNone) {
  EXPECT_EQ(Configure({{"_FC_LOG_FD", "-1"}}).log_fd, std::nullopt);
  EXPECT_EQ(Configure({{"_FC_LOG_FD", "log"}}).log_fd, std::nullopt);
}

TEST(RuntimeConfigTest, IsRefusedWithoutOneMode) {
  EXPECT_FALSE(RuntimeConfig::From({{"FC_RUNTIME_API", "a:1"}, {"AWS_LAMBDA_RUNTIME_API", "b:2"}}));
}

TEST(RuntimeConfigTest, ReadsTheHttpModesOwnWhereNothingIsPolled) {
  const auto config = RuntimeConfig::From({{"PORT", "80"},
                                           {"FC_CONCURRENT_LIMIT", "3"},
                                           {"OPENFC_LISTEN_FD", "7"},
                                           {"OPENFC_METRICS_FD", "8"}});

  ASSERT_TRUE(config);
  EXPECT_EQ(config->http.port, 80);
  EXPECT_EQ(config->handler, "index.handler");
  EXPECT_TRUE(config->is_limit_set);
  EXPECT_EQ(config->listen_fd, 7);
  EXPECT_EQ(config->metrics_fd, 8);
}

TEST(RuntimeConfigTest, RefusesNonsenseOfTheHttpModeThereAlone) {
  EXPECT_FALSE(RuntimeConfig::From({{"PORT", "x"}}));
  EXPECT_TRUE(RuntimeConfig::From({{"PORT", "x"}, {"FC_RUNTIME_API", "a:1"}}));
}

TEST(RuntimeConfigTest, RefusesAVariableOfOursThatSaysNonsense) {
  const Environment polling{{"FC_RUNTIME_API", "localhost:9001"}};
  for (const auto& [name, value] : Environment{{"OPENFC_CONTEXT", "FC3"},
                                               {"OPENFC_LOG_FORMAT", "JSON"},
                                               {"OPENFC_MAX_RESPONSE_BYTES", "32MB"}}) {
    Environment environment = polling;
    environment[name] = value;

    const auto config = RuntimeConfig::From(environment);

    ASSERT_FALSE(config) << name;
    EXPECT_EQ(config.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(config.error().message, ::testing::HasSubstr(name + " is '" + value + "'"));
  }
}

TEST(HiddenVariablesTest, AreThePlatformsButTheListThatUserCodeMayRead) {
  const Environment environment{{"FC_RUNTIME_API", "x"},      {"FC_FUNCTION_NAME", "f"},
                                {"_FC_LOG_FD", "3"},          {"FC_FUNC_CODE_PATH", "/code"},
                                {"FCX", "no prefix"},         {"OPENFC_PAGE_FD", "3"},
                                {"OPENFC_TIMER_FD", "4"},     {"OPENFC_STACKS_FD", "5"},
                                {"OPENFC_CONTEXT", "fc2"},    {"PATH", "/bin"},
                                {"FC_SERVER_LOG_LEVEL", "x"}, {"FC_SNAPSHOT_FLAG", "1"}};

  EXPECT_THAT(HiddenVariables(environment),
              ElementsAre("FC_RUNTIME_API", "FC_SERVER_LOG_LEVEL", "OPENFC_PAGE_FD",
                          "OPENFC_STACKS_FD", "OPENFC_TIMER_FD", "_FC_LOG_FD"));
}

TEST(HiddenVariablesTest, AreInAwsDialectOnlyThoseThatTheRuntimeWasHanded) {
  const Environment environment{{"FC_FUNC", "the user's"},   {"AWS_LAMBDA_RUNTIME_API", "x"},
                                {"OPENFC_PAGE_FD", "3"},     {"OPENFC_TIMER_FD", "4"},
                                {"OPENFC_STACKS_FD", "5"},   {"_LAMBDA_TELEMETRY_LOG_FD", "6"},
                                {"OPENFC_CONTEXT", "theirs"}};

  EXPECT_THAT(HiddenVariables(environment, Dialect::kAws),
              ElementsAre("OPENFC_PAGE_FD", "OPENFC_STACKS_FD", "OPENFC_TIMER_FD",
                          "_LAMBDA_TELEMETRY_LOG_FD"));
}

}  // namespace
}  // namespace openfc
