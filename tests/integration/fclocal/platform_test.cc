// What a function is told about itself, from options and from a s.yaml.

#include "tests/integration/fclocal/fclocal_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class FclocalPlatformTest : public FclocalTest {};

TEST_F(FclocalPlatformTest, TellsTheFunctionItsMeta) {
  const auto before = std::chrono::system_clock::now().time_since_epoch();

  const Invoked invoked =
      RunFake({"-e", "headers", "--handler", "app.main", "--timeout", "77", "--memory", "256"});

  const nlohmann::json headers = invoked.json();
  EXPECT_THAT(headers["x-fc-request-id"].get<std::string>(),
              MatchesRegex("1-[0-9a-f]{8}-[0-9a-f]{24}"));
  EXPECT_EQ(headers["x-fc-function-type"], "0");
  EXPECT_EQ(headers["x-fc-function-name"], folder_.path().filename().string());
  EXPECT_EQ(headers["x-fc-function-handler"], "app.main");
  EXPECT_EQ(headers["x-fc-function-memory"], "256");
  EXPECT_EQ(headers["x-fc-function-timeout"], "77");
  EXPECT_EQ(headers["x-fc-region"], "cn-hangzhou");
  EXPECT_EQ(headers["x-fc-account-id"], "123456789012");
  EXPECT_EQ(headers["x-fc-qualifier"], "LATEST");
  EXPECT_EQ(headers["x-fc-access-key-id"], "local-access-key-id");
  const long deadline = std::stol(headers["x-fc-function-deadline"].get<std::string>());
  EXPECT_GE(deadline,
            std::chrono::duration_cast<std::chrono::milliseconds>(before).count() + 77'000);
}

TEST_F(FclocalPlatformTest, TellsTheFunctionTheDevelopersOwnKeys) {
  environment_ = {{"ALIBABA_CLOUD_ACCESS_KEY_ID", "real-id"},
                  {"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "real-secret"}};

  const Invoked invoked = RunFake({"-e", "headers"});

  EXPECT_EQ(invoked.json()["x-fc-access-key-id"], "real-id");
  EXPECT_EQ(invoked.json()["x-fc-access-key-secret"], "real-secret");
  EXPECT_THAT(invoked.err, Not(HasSubstr("real-")));
}

TEST_F(FclocalPlatformTest, GivesTheInstanceThePlatformsEnvironment) {
  environment_ = {{"SECRET_OF_THE_DEVELOPER", "x"}};

  const nlohmann::json environment =
      RunFake({"-e", "environment", "--env", "MODE=test", "--env", "EMPTY="}).json();

  EXPECT_EQ(environment["FC_FUNC_CODE_PATH"], folder_.path().string());
  EXPECT_EQ(environment["FC_FUNCTION_HANDLER"], "index.handler");
  EXPECT_EQ(environment["TZ"], "UTC");
  EXPECT_EQ(environment["MODE"], "test");
  EXPECT_EQ(environment["EMPTY"], "");
  EXPECT_FALSE(environment.contains("SECRET_OF_THE_DEVELOPER"));
  EXPECT_EQ(RunFake({"-e", "cwd"}).out, folder_.path().string());
}

TEST_F(FclocalPlatformTest, EndsAFunctionThatIsWithinTheTimeLimit) {
  EXPECT_EQ(RunFake({"-e", "quick", "--timeout", "60"}).exit_code, 0);
}

TEST_F(FclocalPlatformTest, ReadsTheServiceFileOfTheFolder) {
  folder_.WriteFile("src/index.py", "");
  folder_.WriteFile("s.yaml",
                    "vars: {region: cn-beijing}\n"
                    "resources:\n"
                    "  hello:\n"
                    "    component: fc3\n"
                    "    props:\n"
                    "      functionName: hello-fn\n"
                    "      region: ${vars.region}\n"
                    "      runtime: python3.10\n"
                    "      handler: app.main\n"
                    "      code: ./src\n"
                    "      timeout: 42\n"
                    "      memorySize: 1024\n"
                    "      cpu: 1\n"
                    "      environmentVariables: {MODE: \"${env('MODE', 'fallback')}\"}\n"
                    "      logConfig: {project: p, logstore: s}\n");

  const Invoked invoked = Run({"--bootstrap", FakeRuntime(), "-e", "headers"});

  ASSERT_EQ(invoked.exit_code, 0) << invoked.err;
  const nlohmann::json headers = invoked.json();
  EXPECT_EQ(headers["x-fc-function-name"], "hello-fn");
  EXPECT_EQ(headers["x-fc-region"], "cn-beijing");
  EXPECT_EQ(headers["x-fc-function-handler"], "app.main");
  EXPECT_EQ(headers["x-fc-function-timeout"], "42");
  EXPECT_EQ(headers["x-fc-function-memory"], "1024");
  EXPECT_EQ(headers["x-fc-service-logproject"], "p");
  EXPECT_EQ(headers["x-fc-service-logstore"], "s");
  EXPECT_THAT(invoked.err, HasSubstr("fclocal: notice: s.yaml: without effect here: "
                                     "resources.hello.props.runtime\n"));
  const nlohmann::json environment =
      Run({"--bootstrap", FakeRuntime(), "-e", "environment", "--quiet"}).json();
  EXPECT_EQ(environment["MODE"], "fallback");
  EXPECT_EQ(environment["FC_FUNC_CODE_PATH"], (folder_.path() / "src").string());
}

TEST_F(FclocalPlatformTest, ReadsOneOfSeveralFunctions) {
  std::string text = "services:\n";
  for (const char* const name : {"one", "two"}) {
    text += std::string("  ") + name +
            ":\n    component: fc\n    props:\n      service: {name: shop}\n"
            "      function: {name: fn-" +
            name + ", runtime: python3, handler: index.handler, codeUri: .}\n";
  }
  folder_.WriteFile("two.yaml", text);

  const Invoked invoked =
      Run({"--bootstrap", FakeRuntime(), "-e", "headers", "-c", "two.yaml", "two", "--quiet"});

  ASSERT_EQ(invoked.exit_code, 0) << invoked.err;
  EXPECT_EQ(invoked.json()["x-fc-function-name"], "fn-two");
  EXPECT_EQ(invoked.json()["x-fc-service-name"], "shop");
  EXPECT_EQ(invoked.json()["x-fc-function-memory"], "128");
  const Invoked unnamed = Run({"--bootstrap", FakeRuntime(), "-c", "two.yaml"});
  EXPECT_EQ(unnamed.exit_code, 2);
  EXPECT_THAT(unnamed.err, HasSubstr("several functions, name one of them: one, two"));
}

}  // namespace
}  // namespace openfc::testing
