#include "emulator/function_definition.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

std::string Refusal(const Status& status) { return status ? "" : status.error().message; }

class FunctionDefinitionTest : public ::testing::Test {
 protected:
  FunctionDefinitionTest() { function_.code_path = code_.path().string(); }

  std::string Check(PlatformLimits limits = PlatformLimits::kEnforced) {
    return Refusal(CheckDefinition(function_, limits));
  }

  openfc::testing::TempDir code_;
  FunctionDefinition function_{.name = "f"};
};

TEST_F(FunctionDefinitionTest, HasThePlatformsDefaults) {
  EXPECT_EQ(function_.handler, "index.handler");
  EXPECT_EQ(function_.timeout, seconds(3));
  EXPECT_EQ(function_.memory_mb, 512);
  EXPECT_EQ(Check(), "");
}

TEST_F(FunctionDefinitionTest, NeedsItsCode) {
  function_.code_path = (code_.path() / "none").string();

  EXPECT_EQ(Check(), "the code " + function_.code_path + " does not exist");
}

TEST_F(FunctionDefinitionTest, IsAFolderOrAPackage) {
  for (const char* const name : {"code.zip", "code.jar", "code.war"}) {
    function_.code_path = code_.WriteFile(name, "PK").string();
    EXPECT_EQ(Check(), "") << name;
  }
  function_.code_path = code_.WriteFile("code.py", "x").string();

  EXPECT_EQ(Check(PlatformLimits::kLifted),
            "the code " + function_.code_path + " is neither a folder nor a zip, jar or war");
}

TEST_F(FunctionDefinitionTest, TakesTheTimeoutsOfThePlatform) {
  function_.timeout = seconds(86400);
  EXPECT_EQ(Check(), "");

  function_.timeout = seconds(86401);
  EXPECT_THAT(Check(), HasSubstr("the timeout is 86401 s, but the platform takes 1 to 86400"));
  EXPECT_EQ(Check(PlatformLimits::kLifted), "");

  function_.timeout = seconds(0);
  EXPECT_EQ(Check(PlatformLimits::kLifted), "the timeout must be at least 1 second");
}

TEST_F(FunctionDefinitionTest, TakesTheHookTimeoutsOfThePlatform) {
  function_.initializer = {.handler = "index.start", .timeout = seconds(300)};
  function_.pre_freeze = {.handler = "index.freeze", .timeout = seconds(90)};
  function_.pre_stop = {.handler = "index.stop", .timeout = seconds(1)};
  EXPECT_EQ(Check(), "");

  function_.initializer->timeout = seconds(301);
  EXPECT_EQ(Check(),
            "the timeout of the initializer is 301 s, but the platform takes 1 to 300 "
            "(--no-limits lifts this)");
  EXPECT_EQ(Check(PlatformLimits::kLifted), "");

  function_.initializer.reset();
  function_.pre_freeze->timeout = seconds(91);
  EXPECT_THAT(Check(), HasSubstr("the timeout of the pre-freeze hook is 91 s"));

  function_.pre_freeze.reset();
  function_.pre_stop->timeout = seconds(0);
  EXPECT_EQ(Check(PlatformLimits::kLifted),
            "the timeout of the pre-stop hook must be at least 1 second");
}

TEST_F(FunctionDefinitionTest, TakesTheMemorySizesOfThePlatform) {
  for (const std::int64_t size : {128, 192, 32768}) {
    function_.memory_mb = size;
    EXPECT_EQ(Check(), "") << size;
  }
  for (const std::int64_t size : {64, 100, 129, 32832}) {
    function_.memory_mb = size;
    EXPECT_THAT(Check(), HasSubstr("128 to 32768 in steps of 64")) << size;
    EXPECT_EQ(Check(PlatformLimits::kLifted), "") << size;
  }
  function_.memory_mb = 0;
  EXPECT_EQ(Check(PlatformLimits::kLifted), "the memory size must be at least 1 MB");
}

TEST_F(FunctionDefinitionTest, RefusesVariablesThatThePlatformSets) {
  for (const char* const name :
       {"FC_ANYTHING", "FC_", "accessKeyID", "accessKeySecret", "securityToken", "topic"}) {
    function_.environment = {{name, "x"}};
    EXPECT_THAT(Check(PlatformLimits::kLifted), HasSubstr(std::string(name) + " is reserved"))
        << name;
  }
}

TEST_F(FunctionDefinitionTest, TakesVariablesOfThePlatformsExtensions) {
  for (const char* const name : {"FC_EXTENSION_SLS_LOGGIE", "FC_EXTENSIONS_ARMS_LICENSE_KEY"}) {
    EXPECT_TRUE(CheckVariableName(name)) << name;
  }
  EXPECT_FALSE(CheckVariableName("FC_EXTEND"));
}

TEST_F(FunctionDefinitionTest, RefusesWhatIsNoVariableName) {
  for (const char* const name : {"", "1A", "_A", "A-B", "A B", "\xc3\xa4"}) {
    function_.environment = {{name, "x"}};
    EXPECT_THAT(Check(), HasSubstr("is no name for an environment variable")) << name;
  }
  function_.environment = {{"a_1", ""}};
  EXPECT_EQ(Check(), "");
}

TEST_F(FunctionDefinitionTest, LimitsTheEnvironmentAsAWhole) {
  function_.environment = {{"A", std::string(2000, 'x')}, {"B", std::string(2095, 'x')}};

  EXPECT_THAT(Check(), HasSubstr("take 4097 bytes, but the platform takes 4096"));
  EXPECT_EQ(Check(PlatformLimits::kLifted), "");
}

TEST_F(FunctionDefinitionTest, RefusesNullBytesInValues) {
  function_.environment = {{"A", std::string("x\0y", 3)}};

  EXPECT_THAT(Check(), HasSubstr("A holds a null byte"));
}

TEST_F(FunctionDefinitionTest, RunsOneInvocationAtOnceAtLeast) {
  function_.instance_concurrency = 0;

  EXPECT_EQ(Check(PlatformLimits::kLifted), "the instance concurrency must be at least 1");
}

TEST_F(FunctionDefinitionTest, HasNoNegativeRetriesAndAges) {
  function_.async.max_retries = -1;
  EXPECT_EQ(Check(PlatformLimits::kLifted),
            "the number of asynchronous retries must be at least 0");

  function_.async = {.has_tasks = true, .max_age = seconds(0)};
  EXPECT_EQ(Check(PlatformLimits::kLifted),
            "the age of asynchronous events must be at least 1 second");
}

TEST_F(FunctionDefinitionTest, AsksForHealthInAWayThatCanBeMeant) {
  const HealthCheck good{.path = "/healthz"};
  HealthCheck& health = function_.custom.emplace().health.emplace(good);
  EXPECT_EQ(Check(), "");

  health.path = "healthz";
  EXPECT_EQ(Check(PlatformLimits::kLifted), "the health check's path 'healthz' must begin with /");
  health = good;
  health.initial_delay = seconds(-1);
  EXPECT_EQ(Check(PlatformLimits::kLifted),
            "the health check's initial delay must be at least 0 seconds");
  health = good;
  health.period = seconds(0);
  EXPECT_EQ(Check(PlatformLimits::kLifted), "the health check's period must be at least 1 second");
  health = good;
  health.timeout = seconds(0);
  EXPECT_EQ(Check(PlatformLimits::kLifted), "the health check's timeout must be at least 1 second");
  health = good;
  health.failure_threshold = 0;
  EXPECT_EQ(Check(PlatformLimits::kLifted),
            "the health check's failure threshold must be at least 1");
  health = good;
  health.success_threshold = 0;
  EXPECT_EQ(Check(PlatformLimits::kLifted),
            "the health check's success threshold must be at least 1");
}

}  // namespace
}  // namespace openfc::emulator
