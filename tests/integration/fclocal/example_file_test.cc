// s.yaml.example at the root, invoked: what its fields do to a running function.

#include "tests/integration/fclocal/fclocal_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace openfc::testing {
namespace {

constexpr const char* kExample = OPENFC_SOURCE_DIR "/s.yaml.example";

class FclocalExampleFileTest : public FclocalTest {
 protected:
  Invoked RunExample(const std::string& file, const Words& more) {
    Words words = {"hello", "-c", file, "--bootstrap", FakeRuntime()};
    words.insert(words.end(), more.begin(), more.end());
    return Run(words);
  }

  /// A copy of the example beside an empty code folder, with one text in place of another.
  std::string Changed(const std::string& from, const std::string& to) {
    std::ifstream file(kExample);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error(from + " is not in the example");
    std::filesystem::create_directories(folder_.path() / "examples/lifecycle");
    std::filesystem::create_directories(folder_.path() / "other");
    return folder_.WriteFile("s.yaml", text.replace(at, from.size(), to)).string();
  }

  nlohmann::json Headers(const std::string& file) {
    return RunExample(file, {"-e", "headers"}).json();
  }
  nlohmann::json Environment(const std::string& file) {
    return RunExample(file, {"-e", "environment"}).json();
  }
};

TEST_F(FclocalExampleFileTest, RunsAsItIs) {
  const nlohmann::json headers = Headers(kExample);
  EXPECT_EQ(headers["x-fc-function-name"], "hello-test");
  EXPECT_EQ(headers["x-fc-region"], "cn-hangzhou");
  EXPECT_EQ(headers["x-fc-function-handler"], "index.handler");
  EXPECT_EQ(headers["x-fc-function-memory"], "256");
  EXPECT_EQ(headers["x-fc-function-timeout"], "10");
  EXPECT_EQ(headers["x-fc-service-logproject"], "hello-logs");
  EXPECT_EQ(headers["x-fc-service-logstore"], "function-log");

  const nlohmann::json environment = Environment(kExample);
  EXPECT_EQ(environment["STAGE"], "test");
  EXPECT_EQ(environment["GREETING"], "hello");
  EXPECT_EQ(environment["FC_FUNC_CODE_PATH"], OPENFC_SOURCE_DIR "/examples/lifecycle");
}

TEST_F(FclocalExampleFileTest, EachFieldReachesTheFunction) {
  EXPECT_EQ(Headers(Changed("stage: test", "stage: prod"))["x-fc-function-name"], "hello-prod");
  EXPECT_EQ(Headers(Changed("region: cn-h", "region: eu-h"))["x-fc-region"], "eu-hangzhou");
  EXPECT_EQ(Headers(Changed("index.handler", "app.main"))["x-fc-function-handler"], "app.main");
  EXPECT_EQ(Headers(Changed("memorySize: 256", "memorySize: 320"))["x-fc-function-memory"], "320");
  EXPECT_EQ(Headers(Changed("hello-logs", "logs"))["x-fc-service-logproject"], "logs");
  EXPECT_EQ(Headers(Changed("function-log", "log"))["x-fc-service-logstore"], "log");
  EXPECT_EQ(Environment(Changed("${vars.stage}\n        #", "x\n        #"))["STAGE"], "x");
  EXPECT_EQ(Environment(Changed("'hello')", "'hi')"))["GREETING"], "hi");
  EXPECT_EQ(Environment(Changed("./examples/lifecycle", "./other"))["FC_FUNC_CODE_PATH"],
            (folder_.path() / "other").string());
}

TEST_F(FclocalExampleFileTest, TheTimeoutOfItIsEnforced) {
  const Invoked invoked = RunExample(Changed("timeout: 10", "timeout: 1"), {"-e", "sleep"});

  EXPECT_EQ(invoked.exit_code, 4);
  EXPECT_EQ(invoked.json()["errorMessage"], "Function timed out after 1 seconds");
}

TEST_F(FclocalExampleFileTest, TheRuntimeOfItIsChecked) {
  const Invoked invoked = Run({"hello", "-c", Changed("python3.10", "nodejs20")});

  EXPECT_EQ(invoked.exit_code, 2);
}

}  // namespace
}  // namespace openfc::testing
