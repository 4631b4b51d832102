// The Invoke API of a real `fclocal start`, in its three versions.

#include "runtime/wire/encoding.h"
#include "tests/integration/fclocal/start_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

class StartInvokeTest : public StartTest {};

constexpr const char* kEcho = "def handler(event, context): return event\n";
const std::string kEveryByte = [] {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  return bytes;
}();

TEST_F(StartInvokeTest, AnswersWithTheResultsBytesAndTellsAboutTheCall) {
  Define(kEcho);
  Begin();

  const auto answer = InvokeF(kEveryByte);

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, kEveryByte);
  EXPECT_EQ(answer.Header("content-type"), "application/octet-stream");
  EXPECT_THAT(answer.Header("x-fc-request-id"), MatchesRegex("1-[0-9a-f]{8}-[0-9a-f]{24}"));
  EXPECT_THAT(answer.Header("x-fc-instance-id"), MatchesRegex("[0-9a-f-]{36}"));
  EXPECT_THAT(answer.Header("x-fc-code-checksum"), MatchesRegex("[0-9]+"));
  EXPECT_THAT(answer.Header("x-fc-invocation-duration"), MatchesRegex("[0-9]+\\.[0-9]{2}"));
  EXPECT_THAT(answer.Header("x-fc-max-memory-usage"), MatchesRegex("[1-9][0-9]*\\.[0-9]{2}"));
  EXPECT_EQ(answer.Header("x-fc-error-type"), "");
  EXPECT_EQ(answer.Header("x-fc-log-result"), "");
}

TEST_F(StartInvokeTest, ServesFunctionsOfFc2UnderBothOfItsVersions) {
  DefineFc2("def handler(event, context): return context.service.name + context.function.name\n");
  Begin();

  for (const std::string version : {"/2016-08-15", "/2021-04-06"}) {
    const auto answer = Ask("POST", version + "/services/s/functions/f/invocations");
    EXPECT_EQ(answer.body, "sf") << version << answer.head;
  }
  EXPECT_EQ(Ask("POST", "/2021-04-06/services/s.LATEST/functions/f/invocations").body, "sf");
  EXPECT_EQ(Ask("POST", "/2023-03-30/functions/s$f/invocations").body, "sf");
  EXPECT_EQ(Ask("POST", "/2023-03-30/functions/s%24f/invocations").body, "sf");
  EXPECT_EQ(Ask("POST", kInvocations).body, "sf");
}

TEST_F(StartInvokeTest, HandsTheQualifierOn) {
  DefineFc2("def handler(event, context): return context.service.qualifier\n");
  Begin();

  EXPECT_EQ(InvokeF().body, "LATEST");
  EXPECT_EQ(Ask("POST", std::string(kInvocations) + "?qualifier=prod").body, "prod");
  const std::string fc2 = "/2016-08-15/services/s.canary/functions/f/invocations";
  EXPECT_EQ(Ask("POST", fc2).body, "canary");
  EXPECT_EQ(Ask("POST", fc2 + "?qualifier=prod").body, "prod");
}

TEST_F(StartInvokeTest, SendsTheEndOfTheCallsOwnLogWhenItIsAskedFor) {
  Define("def handler(event, context): print('x' * 5000 + event.decode())\n");
  Begin();
  (void)InvokeF("one");

  const auto answer = InvokeF("two", "x-fc-log-type: Tail\r\n");

  const std::string log = *wire::DecodeBase64(answer.Header("x-fc-log-result"));
  EXPECT_EQ(log.size(), 4096U);
  EXPECT_THAT(log, AllOf(StartsWith("x"), HasSubstr("xtwo\n"), Not(HasSubstr("one"))));
  EXPECT_THAT(log,
              EndsWith("\nFC Invoke End RequestId: " + answer.Header("x-fc-request-id") + "\n"));
}

TEST_F(StartInvokeTest, KeepsTheLogsOfCallsAtOnceApart) {
  Define(
      "def handler(event, context):\n"
      "    open('gate-' + event.decode()).read()\n"
      "    context.getLogger().info('from ' + event.decode())\n",
      "      instanceConcurrency: 2\n");
  const std::string gate_a = MakeGate("gate-a");
  const std::string gate_b = MakeGate("gate-b");
  Begin();
  auto a = CallF("a", "x-fc-log-type: Tail\r\n");
  auto b = CallF("b", "x-fc-log-type: Tail\r\n");
  OpenGate(gate_a);
  OpenGate(gate_b);

  const std::string log_a = *wire::DecodeBase64(a.Await().Header("x-fc-log-result"));
  const std::string log_b = *wire::DecodeBase64(b.Await().Header("x-fc-log-result"));

  EXPECT_THAT(log_a, AllOf(HasSubstr("from a"), Not(HasSubstr("from b"))));
  EXPECT_THAT(log_b, AllOf(HasSubstr("from b"), Not(HasSubstr("from a"))));
}

TEST_F(StartInvokeTest, AnswersAFailureWith200AndItsType) {
  Define("def handler(event, context): raise ValueError('no ' + event.decode())\n");
  Begin();

  const auto answer = InvokeF("apples", "x-fc-log-type: Tail\r\n");

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("x-fc-error-type"), "UnhandledInvocationError");
  EXPECT_EQ(answer.Header("content-type"), "application/json");
  EXPECT_EQ(answer.json()["errorType"], "ValueError");
  EXPECT_EQ(answer.json()["errorMessage"], "no apples");
  EXPECT_THAT(*wire::DecodeBase64(answer.Header("x-fc-log-result")),
              HasSubstr("Error: Unhandled function error"));
}

TEST_F(StartInvokeTest, SaysWhyAnInstanceCannotStart) {
  Define(kEcho);
  Begin({"--bootstrap", "/nowhere/runtime"});

  const auto answer = InvokeF();

  EXPECT_EQ(answer.status, 412);
  EXPECT_EQ(answer.json()["Code"], "FunctionNotStarted");
  EXPECT_THAT(answer.json()["Message"].get<std::string>(), HasSubstr("/nowhere/runtime"));
}

TEST_F(StartInvokeTest, RefusesAPortThatIsTaken) {
  Define(kEcho);
  Begin();

  const Invoked second = RunCommand({"start", "--port", std::to_string(port_)});

  EXPECT_EQ(second.exit_code, 3);
  EXPECT_THAT(second.err, HasSubstr(std::to_string(port_)));
}

}  // namespace
}  // namespace openfc::testing
