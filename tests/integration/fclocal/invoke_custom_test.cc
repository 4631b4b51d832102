// `fclocal invoke` of custom runtimes: one request, and nothing left behind.

#include "tests/integration/fclocal/start_custom_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

namespace openfc::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class InvokeCustomTest : public StartCustomTest {
 protected:
  /// Without the trigger that DefineCustom() gives.
  void DefineForEvents() {
    DefineServer();
    std::string text = ReadServiceFile();
    const auto at = text.find("      triggers:");
    text.erase(at, text.find('\n', at) + 1 - at);
    folder_.WriteFile("s.yaml", text);
  }

  void DefineFc2() {
    folder_.WriteFile(
        "s.yaml",
        "edition: 1.0.0\nservices:\n  f:\n    component: fc\n    props:\n"
        "      region: cn-hangzhou\n      service: {name: s}\n      function:\n"
        "        name: f\n        runtime: custom\n        codeUri: .\n"
        "        caPort: " +
            std::to_string(server_port_) + "\n        customRuntimeConfig: {command: [python3, '" +
            Server() +
            "']}\n        instanceLifecycleConfig:\n"
            "          preFreeze: {handler: x, timeout: 9}\n"
            "          preStop: {handler: x, timeout: 9}\n"
            "      triggers: [{name: t, type: http, config: {authType: anonymous}}]\n");
  }

 private:
  std::string ReadServiceFile() const {
    std::ifstream file(folder_.path() / "s.yaml");
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(InvokeCustomTest, PutsAnEventToInvoke) {
  DefineForEvents();

  const Invoked done = Run({"-e", "the event"});

  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(done.json()["method"], "POST");
  EXPECT_EQ(done.json()["path"], "/invoke");
  EXPECT_EQ(done.json()["body"], "the event");
  EXPECT_THAT(done.err, AllOf(HasSubstr("FC invoke Logs begin"), HasSubstr("FC invoke Logs end"),
                              HasSubstr("RequestId: 1-"), Not(HasSubstr("Status"))));
  EXPECT_THAT(done.survivors, IsEmpty());
}

TEST_F(InvokeCustomTest, PutsAnEventToInvokeAlsoOfAFunctionWithATrigger) {
  DefineServer();

  EXPECT_EQ(Run({"-e", "the event"}).json()["path"], "/invoke");
  EXPECT_EQ(Run({"-e", ""}).json()["path"], "/invoke");
}

TEST_F(InvokeCustomTest, AsksForThePageOfAnHttpFunctionWhenThereIsNoEvent) {
  DefineServer();

  const Invoked done = Run({});

  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(done.json()["method"], "GET");
  EXPECT_EQ(done.json()["path"], "/");
  EXPECT_EQ(done.json()["headers"]["x-fc-control-path"], "/http-invoke");
  EXPECT_THAT(done.err, HasSubstr("HTTP Status: 200"));
}

TEST_F(InvokeCustomTest, MakesARequestOfAnEventOfAnHttpTrigger) {
  DefineServer();

  const Invoked done =
      Run({"--event-type", "http", "--set", "method=PUT", "--set", "path=/items/a b", "--set",
           R"(query={"q":"1&2"})", "--set", "body=hello", "--set", "/headers/X-Own=mine"});

  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(done.json()["method"], "PUT");
  EXPECT_EQ(done.json()["path"], "/items/a%20b?q=1%262");
  EXPECT_EQ(done.json()["body"], "hello");
  EXPECT_EQ(done.json()["headers"]["x-own"], "mine");
}

TEST_F(InvokeCustomTest, MakesABinaryBodyOfBase64) {
  DefineServer();

  const Invoked done =
      Run({"-e", R"({"version":"v1","rawPath":"/","body":"//4=","isBase64Encoded":true,)"
                 R"("requestContext":{"http":{"method":"POST"}}})"});

  EXPECT_EQ(done.json()["body"], "\u00ff\u00fe");
}

TEST_F(InvokeCustomTest, RefusesAMethodThatTheTriggerDoesNotTake) {
  DefineServer();

  const Invoked done = Run({"--event-type", "http", "--set", "method=PATCH"});

  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("the HTTP trigger of f does not take PATCH"));
}

TEST_F(InvokeCustomTest, KeepsThePrefixOfFc2) {
  DefineFc2();

  const Invoked done = Run({"--event-type", "http", "--set", "path=/a"});

  EXPECT_EQ(done.json()["path"], "/2016-08-15/proxy/s/f/a");
  EXPECT_EQ(done.json()["headers"]["x-fc-base-path"], "/2016-08-15/proxy/s/f");
}

TEST_F(InvokeCustomTest, RunsTheHooks) {
  DefineFc2();

  const Invoked done = Run({});

  EXPECT_EQ(done.exit_code, 0);
  EXPECT_THAT(done.err, AllOf(HasSubstr("pre-freeze by GET /pre-freeze"),
                              HasSubstr("pre-stop by GET /pre-stop")));
  EXPECT_THAT(done.survivors, IsEmpty());
}

TEST_F(InvokeCustomTest, FailsWithTheStatusOfAServerError) {
  DefineServer();

  const Invoked broken = Run({"--json", "--event-type", "http", "--set", "method=GET", "--set",
                              "path=/broken", "--set", "body="});

  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_EQ(broken.json()["httpStatus"], 503);
  EXPECT_EQ(broken.json()["result"], "broken");
  EXPECT_EQ(broken.json()["ok"], false);
  EXPECT_EQ(broken.json()["errorType"], "HttpStatus");
}

TEST_F(InvokeCustomTest, HasAResultOfWhateverOtherStatus) {
  DefineServer();

  const Invoked tea = Run({"--json", "--event-type", "http", "--set", "method=GET", "--set",
                           "path=/teapot", "--set", "body="});

  EXPECT_EQ(tea.exit_code, 0);
  EXPECT_EQ(tea.json()["httpStatus"], 418);
  EXPECT_EQ(tea.json()["result"], "tea");
  EXPECT_EQ(tea.json()["ok"], true);
}

TEST_F(InvokeCustomTest, TellsWhatTheServerSays) {
  DefineServer();

  const Invoked failed = Run({"-e", "failed"});

  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_EQ(failed.out, "why");
}

TEST_F(InvokeCustomTest, HasTheLogInJson) {
  DefineServer();

  const Invoked done = Run({"--json", "-e", "log"});

  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.json()["log"].get<std::string>(),
              AllOf(HasSubstr("FC invoke Logs begin"), HasSubstr("said\n")));
  EXPECT_EQ(done.json()["requestId"].get<std::string>().substr(0, 2), "1-");
  EXPECT_GT(done.json()["durationMs"], 0);
}

TEST_F(InvokeCustomTest, AnswersForAServerThatDies) {
  DefineServer();

  const Invoked done = Run({"--json", "-e", "exit"});

  EXPECT_EQ(done.exit_code, 1);
  EXPECT_EQ(done.json()["errorType"], "ProcessExited");
  EXPECT_THAT(done.json()["errorMessage"].get<std::string>(), HasSubstr("exit code 3"));
}

TEST_F(InvokeCustomTest, SaysWhyAServerDidNotStart) {
  DefineCustom("[python3, -c, 'print(\"no database\"); raise SystemExit(5)']");

  const Invoked done = Run({"-e", "x"});

  EXPECT_EQ(done.exit_code, 3);
  EXPECT_THAT(done.err, AllOf(HasSubstr("the instance could not start: "), HasSubstr("code 5"),
                              HasSubstr("no database")));
  EXPECT_THAT(done.survivors, IsEmpty());
}

TEST_F(InvokeCustomTest, TimesOut) {
  DefineServer("      timeout: 1\n");

  const Invoked done = Run({"-e", "sleep"});

  EXPECT_EQ(done.exit_code, 4) << done.err;
  EXPECT_THAT(done.out, HasSubstr("FunctionTimeout"));
  EXPECT_THAT(done.survivors, IsEmpty());
}

TEST_F(InvokeCustomTest, IsEndedByCtrlC) {
  DefineServer("      timeout: 600\n");
  const auto program = Start({"-e", "sleep"});
  ASSERT_TRUE(program->output().Await("sleeping"));

  program->Signal(SIGINT);

  const Invoked done = AwaitEnd(*program);
  EXPECT_EQ(done.exit_code, 130);
  EXPECT_THAT(done.err, HasSubstr("interrupted"));
  EXPECT_THAT(done.survivors, IsEmpty());
}

TEST_F(InvokeCustomTest, TakesAPortThatIsTakenElsewhere) {
  DefineServer();
  Begin();
  ASSERT_EQ(InvokeF("here").json()["body"], "here");

  const Invoked done = Run({"-e", "there"});

  if (::geteuid() == 0) {
    EXPECT_EQ(done.json()["body"], "there") << done.err;
  } else {
    EXPECT_EQ(done.exit_code, 3);
  }
}

}  // namespace
}  // namespace openfc::testing
