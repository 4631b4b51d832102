// The hooks of a function: its initializer before the invocation, the others after it.

#include "tests/integration/fclocal/fclocal_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

namespace openfc::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class FclocalHooksTest : public FclocalTest {
 protected:
  /// A function of edition 3 in index.py, and its instanceLifecycleConfig.
  void Define(const std::string& lifecycle, const std::string& code) {
    folder_.WriteFile("index.py", "import os, sys, time\n" + code);
    folder_.WriteFile("s.yaml",
                      "resources:\n  f:\n    component: fc3\n    props:\n"
                      "      functionName: f\n      runtime: python3\n      code: .\n"
                      "      handler: index.handler\n      timeout: 60\n"
                      "      instanceLifecycleConfig: " +
                          lifecycle + "\n");
  }
  Invoked RunDefined(const Words& arguments = {}) {
    const Invoked invoked = Run(arguments);
    EXPECT_THAT(invoked.survivors, IsEmpty());
    return invoked;
  }
  bool Exists(const std::string& name) const {
    return std::filesystem::exists(folder_.path() / name);
  }
};

constexpr const char* kInitializer = "{initializer: {handler: index.start}}";
constexpr const char* kPreStop = "{preStop: {handler: index.stop, timeout: 1}}";

TEST_F(FclocalHooksTest, RunTheInitializerFirst) {
  Define(kInitializer,
         "state = []\n"
         "def start(context): state.append(context.function.handler)\n"
         "def handler(event, context): return ' '.join(state + [context.function.handler])\n");

  const Invoked invoked = RunDefined();

  EXPECT_EQ(invoked.exit_code, 0) << invoked.err;
  EXPECT_EQ(invoked.out, "index.start index.handler");
  EXPECT_THAT(invoked.err, ContainsRegex("FC Initialize Start RequestId: .*\n"
                                         "FC Initialize End RequestId: .*\n"
                                         "FC Invoke Start RequestId: "));
  EXPECT_THAT(invoked.err, Not(HasSubstr("without effect")));
}

TEST_F(FclocalHooksTest, RunTheThreeOfEdition1) {
  folder_.WriteFile("index.py",
                    "def start(context): print('starts', context.function.timeout)\n"
                    "def handler(event, context): print('handles')\n"
                    "def freeze(context): print('freezes')\n"
                    "def stop(context): print('stops')\n");
  folder_.WriteFile("s.yaml",
                    "services:\n  f:\n    component: fc\n    props:\n      function:\n"
                    "        name: f\n        runtime: python3\n        codeUri: .\n"
                    "        handler: index.handler\n        initializer: index.start\n"
                    "        initializationTimeout: 20\n        instanceLifecycleConfig:\n"
                    "          preFreeze: {handler: index.freeze}\n"
                    "          preStop: {handler: index.stop}\n");

  const Invoked invoked = RunDefined();

  EXPECT_EQ(invoked.out, "null");
  const std::string& log = invoked.err;
  EXPECT_LT(log.find("starts 20\n"), log.find("handles\n"));
  EXPECT_LT(log.find("handles\n"), log.find("FC PreFreeze Start"));
  EXPECT_LT(log.find("freezes\n"), log.find("FC PreStop Start"));
  EXPECT_LT(log.find("stops\n"), log.find("FC invoke Logs end"));
}

TEST_F(FclocalHooksTest, FailTheInvocationWithTheInitializer) {
  Define(kInitializer,
         "def start(context): raise KeyError('key')\n"
         "def handler(event, context): return 'called'\n");

  const Invoked invoked = RunDefined();

  EXPECT_EQ(invoked.exit_code, 1);
  EXPECT_EQ(invoked.json()["errorType"], "KeyError");
  EXPECT_EQ(invoked.json()["errorMessage"], "'key'");
  EXPECT_THAT(invoked.err, Not(HasSubstr("FC Invoke Start")));
}

TEST_F(FclocalHooksTest, NameAFailedInitializerAsThePlatformDoes) {
  Define(kInitializer,
         "def start(context): 1 / 0\n"
         "def handler(event, context): return 'called'\n");

  const auto report = RunDefined({"--json"}).json();

  EXPECT_EQ(report["ok"], false);
  EXPECT_EQ(report["errorType"], "ZeroDivisionError");
  EXPECT_EQ(report["fcErrorType"], "InitializationError");
}

TEST_F(FclocalHooksTest, EndAnInitializerThatTakesTooLong) {
  Define("{initializer: {handler: index.start, timeout: 1}}",
         "def start(context):\n"
         "    if os.fork() == 0: time.sleep(1000)\n"
         "    time.sleep(1000)\n"
         "def handler(event, context): return 'called'\n");

  const Invoked invoked = RunDefined();

  EXPECT_EQ(invoked.exit_code, 4);
  EXPECT_EQ(invoked.json()["errorType"], "FunctionTimeout");
  EXPECT_EQ(invoked.json()["errorMessage"], "Function timed out after 1 seconds");
  EXPECT_THAT(invoked.err, Not(HasSubstr("FC Invoke Start")));
}

TEST_F(FclocalHooksTest, FailTheInvocationWhenTheInitializerEndsTheProcess) {
  Define(kInitializer,
         "def start(context): os._exit(3)\n"
         "def handler(event, context): return 'called'\n");

  const Invoked invoked = RunDefined({"--json"});

  EXPECT_EQ(invoked.exit_code, 1);
  EXPECT_EQ(invoked.json()["errorType"], "ProcessExited");
  EXPECT_EQ(invoked.json()["fcErrorType"], "InitializationError");
}

TEST_F(FclocalHooksTest, RunPreStopAfterAFailedInvocationToo) {
  Define(kPreStop,
         "def stop(context): open('stopped', 'w')\n"
         "def handler(event, context): 1 / 0\n");

  const Invoked invoked = RunDefined({"--json"});

  EXPECT_EQ(invoked.exit_code, 1);
  EXPECT_EQ(invoked.json()["errorType"], "ZeroDivisionError");
  EXPECT_EQ(invoked.json()["fcErrorType"], "UnhandledInvocationError");
  EXPECT_TRUE(Exists("stopped"));
}

TEST_F(FclocalHooksTest, OnlyLogThatPreStopFails) {
  Define(kPreStop,
         "def stop(context): raise ValueError('no')\n"
         "def handler(event, context): return 'result'\n");

  const Invoked invoked = RunDefined();

  EXPECT_EQ(invoked.exit_code, 0);
  EXPECT_EQ(invoked.out, "result");
  EXPECT_THAT(invoked.err, ContainsRegex("FC PreStop End RequestId: .*, Error: Unhandled"));
}

TEST_F(FclocalHooksTest, OnlyLogThatPreStopEndsTheProcess) {
  Define(kPreStop,
         "def stop(context): os._exit(3)\n"
         "def handler(event, context): return 'result'\n");

  const Invoked invoked = RunDefined();

  EXPECT_EQ(invoked.exit_code, 0);
  EXPECT_EQ(invoked.out, "result");
}

TEST_F(FclocalHooksTest, WaitForPreStopAsLongAsItsTimeoutSays) {
  Define(kPreStop,
         "def stop(context): time.sleep(1000)\n"
         "def handler(event, context): return 'result'\n");

  const Invoked invoked = RunDefined();

  EXPECT_EQ(invoked.exit_code, 0);
  EXPECT_EQ(invoked.out, "result");
  EXPECT_THAT(invoked.err,
              HasSubstr("\nfclocal: the pre-stop hook was not done within 1 seconds\n"));
}

TEST_F(FclocalHooksTest, LeavePreStopOutAfterATimeout) {
  Define(kPreStop,
         "def stop(context): open('stopped', 'w')\n"
         "def handler(event, context): time.sleep(1000)\n");

  EXPECT_EQ(RunDefined({"--timeout", "1"}).exit_code, 4);
  EXPECT_FALSE(Exists("stopped"));
}

TEST_F(FclocalHooksTest, CanBeInterrupted) {
  Define("{preStop: {handler: index.stop, timeout: 60}}",
         "def stop(context):\n    print('stopping')\n    time.sleep(1000)\n"
         "def handler(event, context): return 'result'\n");
  const auto program = Start({});
  ASSERT_TRUE(program->output().Await("stopping"));

  program->Signal(SIGINT);

  const Invoked invoked = AwaitEnd(*program);
  EXPECT_EQ(invoked.exit_code, 130);
  EXPECT_THAT(invoked.survivors, IsEmpty());
}

}  // namespace
}  // namespace openfc::testing
