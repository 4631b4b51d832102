// Custom runtimes in a real `fclocal start` (fc-platform.md, section 1).

#include "tests/integration/fclocal/start_custom_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(StartCustomTest, PutsAnEventToInvoke) {
  DefineServer("      timeout: 7\n");
  Begin();

  const auto answer = InvokeF("the event");

  const auto seen = answer.json();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("content-type"), "application/octet-stream");
  EXPECT_EQ(seen["method"], "POST");
  EXPECT_EQ(seen["path"], "/invoke");
  EXPECT_EQ(seen["body"], "the event");
  const auto& headers = seen["headers"];
  EXPECT_EQ(headers["content-type"], "application/octet-stream");
  EXPECT_EQ(headers["x-fc-control-path"], "/invoke");
  EXPECT_EQ(headers["x-fc-request-id"], answer.Header("x-fc-request-id"));
  EXPECT_EQ(headers["x-fc-function-name"], "f");
  EXPECT_EQ(headers["x-fc-function-timeout"], "7");
  EXPECT_EQ(headers["x-fc-function-memory"], "512");
  EXPECT_EQ(headers["x-fc-region"], "cn-hangzhou");
  EXPECT_EQ(headers["x-fc-account-id"], "123456789012");
  EXPECT_EQ(headers["x-fc-access-key-id"], "local-access-key-id");
  EXPECT_EQ(headers["x-fc-access-key-secret"], "local-access-key-secret");
  EXPECT_EQ(headers["x-fc-security-token"], "local-security-token");
  ExpectCleanEnd();
}

TEST_F(StartCustomTest, TellsTheServerWhereToListen) {
  DefineServer();
  Begin();

  const auto seen = InvokeF().json();

  EXPECT_EQ(seen["port"], std::to_string(server_port_));
  EXPECT_EQ(seen["listen"], std::to_string(server_port_));
  EXPECT_EQ(seen["api"], nullptr);
  EXPECT_EQ(seen["folder"], folder_.path().string());
}

TEST_F(StartCustomTest, RunsOnAsManyProcessorsAsItsShareBegins) {
  DefineServer("      cpu: 0.5\n");
  Begin();

  EXPECT_EQ(InvokeF().json()["processors"], 1);
  ExpectCleanEnd();
}

TEST_F(StartCustomTest, GetsARequestAsynchronouslyAsItCame) {
  DefineServer();
  Begin();

  const auto taken =
      Ask("PUT", "/proxy/f/items/7?x=1", "body", "x-fc-invocation-type: Async\r\nX-Own: mine\r\n");

  ASSERT_EQ(taken.status, 202) << taken.body;
  const std::string path =
      "/2023-03-30/functions/f/async-tasks/" + taken.Header("x-fc-async-task-id");
  auto task = Ask("GET", path).json();
  while (!task.contains("returnPayload")) task = Ask("GET", path).json();
  const auto seen = nlohmann::json::parse(task["returnPayload"].get<std::string>());
  EXPECT_EQ(task["status"], "Succeeded");
  EXPECT_EQ(seen["method"], "PUT");
  EXPECT_EQ(seen["path"], "/items/7?x=1");
  EXPECT_EQ(seen["body"], "body");
  EXPECT_EQ(seen["headers"]["x-own"], "mine");
  EXPECT_EQ(seen["headers"]["x-fc-control-path"], "/http-invoke");
  EXPECT_EQ(seen["headers"]["x-fc-request-id"], taken.Header("x-fc-request-id"));
}

TEST_F(StartCustomTest, KeepsItsConnection) {
  DefineServer();
  Begin();

  EXPECT_EQ(InvokeF().json()["peer"], InvokeF().json()["peer"]);
}

TEST_F(StartCustomTest, SortsTheLogByTheServersLines) {
  DefineServer();
  Begin();

  const auto answer = InvokeF("log", "x-fc-log-type: Tail\r\n");

  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.Header("x-fc-log-result"), Not(IsEmpty()));
}

/// What becomes of the server's answer to an event.
struct EventRow {
  const char* event;
  const char* error_type;  // X-Fc-Error-Type; empty: it is OK.
  const char* body;        // Begins so.
};

class StartCustomEventTest : public StartCustomTest,
                             public ::testing::WithParamInterface<EventRow> {};

TEST_P(StartCustomEventTest, LetsTheBodyAloneReachTheCaller) {
  DefineServer();
  Begin();

  const auto answer = InvokeF(GetParam().event);

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("x-fc-error-type"), GetParam().error_type);
  EXPECT_THAT(answer.body, StartsWith(GetParam().body));
  EXPECT_EQ(answer.Header("x-own"), "");
}

constexpr const char* kUnhandled = "UnhandledInvocationError";
INSTANTIATE_TEST_SUITE_P(
    Rules, StartCustomEventTest,
    ::testing::Values(EventRow{"teapot", "", "tea"}, EventRow{"odd", "", "odd"},
                      EventRow{"empty", "", ""}, EventRow{"failed", kUnhandled, "why"},
                      EventRow{"large", kUnhandled, "{\n    \"errorMessage\": \"Response payload"},
                      EventRow{"close", kUnhandled,
                               "{\n    \"errorMessage\": \"Process exited unexpectedly before"}),
    [](const auto& row) { return std::string(row.param.event); });

TEST_F(StartCustomTest, ForwardsARequestAsItCame) {
  DefineServer();
  Begin();

  const auto answer = Ask("PUT", "/proxy/f/a%20b/c?x=1&x=2&y", "a body",
                          "X-Own: one\r\nx-fc-secret: not this\r\nContent-Type: text/x\r\n");

  const auto seen = answer.json();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(seen["method"], "PUT");
  EXPECT_EQ(seen["path"], "/a%20b/c?x=1&x=2&y");
  EXPECT_EQ(seen["body"], "a body");
  EXPECT_EQ(seen["headers"]["x-own"], "one");
  EXPECT_EQ(seen["headers"]["content-type"], "text/x");
  EXPECT_EQ(seen["headers"]["host"], "localhost");
  EXPECT_EQ(seen["headers"]["x-fc-control-path"], "/http-invoke");
  EXPECT_EQ(seen["headers"]["x-fc-request-id"], answer.Header("x-fc-request-id"));
  EXPECT_FALSE(seen["headers"].contains("x-fc-secret"));
}

TEST_F(StartCustomTest, PassesStatusAndHeadersOfAForwardedAnswerOn) {
  DefineServer();
  Begin();

  const auto answer = Ask("GET", "/proxy/f/odd");

  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "odd");
  EXPECT_THAT(answer.head, AllOf(HasSubstr("X-Own: 1\r\n"), HasSubstr("X-Own: 2\r\n")));
  EXPECT_EQ(answer.Header("x-fc-own"), "");
  EXPECT_EQ(answer.Header("keep-alive"), "");
  EXPECT_EQ(answer.Header("server"), "");
}

TEST_F(StartCustomTest, PassesAnswersWithoutABodyOn) {
  DefineServer();
  Begin();

  for (const auto& [target, status] :
       std::map<std::string, int>{{"/proxy/f/cached", 304}, {"/proxy/f/empty", 204}}) {
    auto call = Call("GET", target, "", "Connection: close\r\n");
    const std::string text = call.client().ReadToEnd();
    EXPECT_THAT(text, StartsWith("HTTP/1.1 " + std::to_string(status)));
    EXPECT_THAT(text, ::testing::EndsWith("\r\n\r\n"));
  }
  auto head = Call("HEAD", "/proxy/f/odd", "", "Connection: close\r\n");
  EXPECT_THAT(head.client().ReadToEnd(), AllOf(HasSubstr("201"), HasSubstr("Content-Length: 3")));
}

TEST_F(StartCustomTest, StreamsAnAnswerPieceByPiece) {
  DefineServer();
  const std::string gate = MakeGate();
  Begin();
  auto call = Call("GET", "/proxy/f/stream?count=2");

  // Each piece is here before the server may go on.
  EXPECT_THAT(call.client().ReadUntil("data: 0\n\n"), HasSubstr("Transfer-Encoding: chunked"));
  OpenGate(gate);
  EXPECT_THAT(call.client().ReadUntil("data: 1\n\n"), Not(HasSubstr("data: 0")));
  OpenGate(gate);
  call.client().ReadUntil("0\r\n\r\n");
}

TEST_F(StartCustomTest, LetsTheServerGoWhenTheClientHasGone) {
  DefineServer();
  Begin();
  {
    auto call = Call("GET", "/proxy/f/flood");
    call.client().ReadUntil("xxxx");
  }

  EXPECT_TRUE(AwaitLog("flood ended"));
  EXPECT_EQ(InvokeF("odd").body, "odd");
}

TEST_F(StartCustomTest, LetsAServerGoThatIsQuietWhenTheClientHasGone) {
  DefineServer("      timeout: 600\n");
  Begin();
  {
    auto call = Call("GET", "/proxy/f/quiet");
    call.client().ReadUntil("data: only\n\n");
  }

  EXPECT_TRUE(AwaitLog("quiet ended"));
}

TEST_F(StartCustomTest, RefusesHeadersOfMoreThanThePlatformPasses) {
  DefineServer();
  Begin();

  const auto heavy = Ask("GET", "/proxy/f/heavy");
  const auto sent = Ask("GET", "/proxy/f/", "", "X-Heavy: " + std::string(8200, 'x') + "\r\n");
  const auto far = Ask("GET", "/proxy/f/" + std::string(4100, 'x'));

  EXPECT_EQ(heavy.status, 502);
  EXPECT_EQ(heavy.json()["Code"], "BadResponse");
  EXPECT_EQ(sent.status, 400);
  EXPECT_EQ(sent.json()["Code"], "InvalidArgument");
  EXPECT_EQ(far.status, 400);
  EXPECT_EQ(far.json()["Code"], "InvalidArgument");
}

TEST_F(StartCustomTest, ShowsAFunctionOfFc2ThePrefixOfItsPath) {
  folder_.WriteFile(
      "s.yaml",
      "edition: 1.0.0\nservices:\n  f:\n    component: fc\n    props:\n"
      "      region: cn-hangzhou\n      service: {name: s}\n      function:\n"
      "        name: f\n        runtime: custom\n        codeUri: .\n        caPort: " +
          std::to_string(server_port_) + "\n        customRuntimeConfig: {command: [python3, '" +
          Server() +
          "']}\n"
          "      triggers: [{name: web, type: http, config: {authType: anonymous, methods: "
          "[GET]}}]\n");
  Begin();

  const auto seen = Ask("GET", "/2016-08-15/proxy/s/f/a?b=c").json();

  EXPECT_EQ(seen["path"], "/2016-08-15/proxy/s/f/a?b=c");
  EXPECT_EQ(seen["headers"]["x-fc-base-path"], "/2016-08-15/proxy/s/f");
  EXPECT_EQ(seen["headers"]["x-fc-service-name"], "s");
}

// Deaths and deadlines ---------------------------------------------------------------------------

TEST_F(StartCustomTest, AnswersForAServerThatDies) {
  DefineServer();
  Begin();
  const auto before = InvokeF().json()["pid"];

  const auto event = InvokeF("exit");
  const auto request = Ask("GET", "/proxy/f/exit");

  EXPECT_EQ(event.status, 200);
  EXPECT_EQ(event.Header("x-fc-error-type"), kUnhandled);
  EXPECT_THAT(event.json()["errorMessage"].get<std::string>(), HasSubstr("): exit code 3"));
  EXPECT_EQ(request.status, 502);
  EXPECT_EQ(request.json()["errorType"], "ProcessExited");
  EXPECT_NE(InvokeF().json()["pid"], before);
}

TEST_F(StartCustomTest, GivesTheLastAnswerOfAServerThatEnds) {
  DefineServer();
  Begin();

  const auto answer = InvokeF("answer-and-exit");

  EXPECT_EQ(answer.body, "last words");
  EXPECT_EQ(answer.Header("x-fc-error-type"), "");
}

TEST_F(StartCustomTest, AnswersAtTheDeadline) {
  DefineServer("      timeout: 1\n");
  Begin();

  const auto event = InvokeF("sleep");
  const auto request = Ask("GET", "/proxy/f/sleep");

  EXPECT_EQ(event.json()["errorMessage"], "Function timed out after 1 seconds");
  EXPECT_EQ(event.Header("x-fc-invocation-duration"), "1000.00");
  EXPECT_EQ(request.status, 502);
  EXPECT_EQ(request.json()["errorType"], "FunctionTimeout");
  ExpectCleanEnd();
}

TEST_F(StartCustomTest, CutsAStreamOffAtTheDeadline) {
  DefineServer("      timeout: 1\n");
  MakeGate();
  Begin();
  auto call = Call("GET", "/proxy/f/stream?count=2");

  const std::string all = call.client().ReadToEnd();

  EXPECT_THAT(all, AllOf(HasSubstr("data: 0"), Not(HasSubstr("\r\n0\r\n\r\n"))));
}

TEST_F(StartCustomTest, TellsThatTheMemoryIsUsedUp) {
  DefineServer("      memorySize: 128\n      timeout: 60\n");
  Begin();

  const auto answer = InvokeF("eat");

  EXPECT_EQ(answer.json()["errorType"], "OutOfMemory");
  EXPECT_THAT(answer.json()["errorMessage"].get<std::string>(),
              HasSubstr("memory limit of 128 MB reached"));
}

// Start errors -----------------------------------------------------------------------------------

class StartCustomErrorTest : public StartCustomTest {
 protected:
  /// The platform's error of an instance that does not start.
  std::string Refusal(const std::string& code) {
    const auto answer = InvokeF();
    EXPECT_EQ(answer.status, 412);
    const auto error = answer.json();
    EXPECT_EQ(error["Code"], code);
    return error["Message"];
  }
};

TEST_F(StartCustomErrorTest, OfAProgramThatNeverListens) {
  WriteBootstrap("#!/bin/sh\necho thinking\nexec sleep 1000\n");
  DefineCustom("");
  Begin({"--start-timeout", "1"});

  const std::string message = Refusal("FunctionNotStarted");

  EXPECT_EQ(message, "Function instance health check failed on port " +
                         std::to_string(server_port_) + " in 1 seconds.\nLogs:\nthinking");
  ExpectCleanEnd();
}

TEST_F(StartCustomErrorTest, OfAProgramThatExits) {
  WriteBootstrap("#!/bin/sh\necho cannot go on\nexit 3\n");
  DefineCustom("");
  Begin();

  EXPECT_EQ(Refusal("CAExited"),
            "Function instance exited unexpectedly(code 3, message: exit code 3) with start "
            "command '" +
                folder_.path().string() + "/bootstrap'.\nLogs:\ncannot go on");
}

TEST_F(StartCustomErrorTest, OfAProgramThatIsNotThere) {
  DefineCustom("[./none, --flag]");
  Begin();

  EXPECT_EQ(Refusal("CAExited"),
            "Function instance exited unexpectedly(code 2, message: no such file: './none') with "
            "start command './none --flag'");
}

TEST_F(StartCustomErrorTest, OfABootstrapWithoutTheExecuteBit) {
  WriteBootstrap("#!/bin/sh\n", 0644);
  DefineCustom("");
  Begin();

  EXPECT_THAT(Refusal("CAFilePermission"), HasSubstr("(code 13, message: permission denied: "));
}

TEST_F(StartCustomErrorTest, OfABootstrapWithTheLineEndsOfWindows) {
  WriteBootstrap("#!/bin/sh\r\nexec sleep 1000\r\n");
  DefineCustom("");
  Begin();

  EXPECT_THAT(Refusal("CAExited"), AllOf(HasSubstr("(code 2, "), HasSubstr("CRLF")));
}

TEST_F(StartCustomErrorTest, OfABootstrapOfAnotherFormat) {
  WriteBootstrap("echo no interpreter\n");
  DefineCustom("");
  Begin();

  EXPECT_THAT(Refusal("CAExited"), HasSubstr("(code 8, message: exec format error: "));
}

TEST_F(StartCustomErrorTest, IsNoneForABootstrapThatListens) {
  WriteBootstrap("#!/bin/sh\nexec python3 '" + Server() + "'\n");
  DefineCustom("");
  Begin();

  EXPECT_EQ(InvokeF("odd").body, "odd");
}

TEST_F(StartCustomErrorTest, IsANoticeForAServerThatOnlyThisMachineReaches) {
  DefineServer("", "", "127.0.0.1");
  Begin();

  EXPECT_EQ(InvokeF("odd").body, "odd");
  EXPECT_TRUE(AwaitLog("listens on 127.0.0.1 alone, where the platform would not reach it"));
}

// Hooks and health -------------------------------------------------------------------------------

TEST_F(StartCustomTest, RunsTheHooks) {
  DefineServer(
      "      instanceLifecycleConfig:\n        initializer: {handler: main.initialize, timeout: "
      "5}\n"
      "        preStop: {handler: main.stop, timeout: 5}\n");
  Begin({"--freeze-after", "1", "--stop-after", "1"});

  EXPECT_EQ(InvokeF().json()["headers"]["x-fc-function-initializer"], "main.initialize");

  EXPECT_TRUE(AwaitLog("initialized by POST /initialize"));
  EXPECT_TRUE(AwaitLog("pre-stop by GET /pre-stop"));
}

TEST_F(StartCustomTest, RunsACommandAsAHook) {
  DefineServer(
      "      instanceLifecycleConfig:\n"
      "        initializer: {command: [sh, -c, 'echo ready with $PORT; touch ready'], timeout: 5}\n"
      "        preStop: {command: [sh, -c, 'ls ready; exit 3'], timeout: 5}\n");
  Begin({"--freeze-after", "1", "--stop-after", "1"});

  EXPECT_EQ(InvokeF("odd").body, "odd");

  EXPECT_TRUE(AwaitLog("ready with " + std::to_string(server_port_)));
  EXPECT_TRUE(AwaitLog("the pre-stop hook failed: Process exited unexpectedly"));
  ExpectCleanEnd();
}

TEST_F(StartCustomTest, EndsACommandOfAHookThatTakesTooLong) {
  DefineServer(
      "      instanceLifecycleConfig: {preStop: {command: [sh, -c, 'echo going; sleep 1000'], "
      "timeout: 1}}\n");
  Begin({"--freeze-after", "1", "--stop-after", "1"});

  EXPECT_EQ(InvokeF("odd").body, "odd");

  EXPECT_TRUE(AwaitLog("going"));
  EXPECT_TRUE(AwaitLog("the pre-stop hook failed: Function timed out after 1 seconds"));
  ExpectCleanEnd();
}

TEST_F(StartCustomTest, FailsTheCallsOfAnInstanceWhoseInitializingCommandFails) {
  DefineServer("      instanceLifecycleConfig: {initializer: {command: ['false'], timeout: 5}}\n");
  Begin();

  const auto answer = InvokeF();

  EXPECT_EQ(answer.Header("x-fc-error-type"), "InitializationError");
  EXPECT_THAT(answer.body, HasSubstr("exit code 1"));
}

TEST_F(StartCustomTest, FailsTheCallsOfAnInstanceThatCannotBeInitialized) {
  DefineServer(
      "      environmentVariables: {INIT_STATUS: '500'}\n"
      "      instanceLifecycleConfig: {initializer: {handler: main.initialize, timeout: 5}}\n");
  Begin();

  const auto answer = InvokeF();

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("x-fc-error-type"), "InitializationError");
  EXPECT_EQ(answer.body, "no database");
}

TEST_F(StartCustomTest, ReplacesAnInstanceThatIsNotWell) {
  DefineServer("",
               "        healthCheckConfig: {httpGetUrl: /healthz, periodSeconds: 1, "
               "failureThreshold: 1}\n");
  Begin({"--freeze-after", "60000"});
  const std::string pid = InvokeF("unwell").body;

  ASSERT_TRUE(AwaitLog("the instance is replaced: its health check GET /healthz failed 1 times"));

  EXPECT_NE(InvokeF().json()["pid"].dump(), pid);
}

}  // namespace
}  // namespace openfc::testing
