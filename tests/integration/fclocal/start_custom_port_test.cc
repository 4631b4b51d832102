// Several calls, instances and functions at once that want one port.

#include "tests/fakes/programs.h"
#include "tests/integration/fclocal/start_custom_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace openfc::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(StartCustomTest, ServesAsManyAtOnceAsAnInstanceMay) {
  DefineServer("      instanceConcurrency: 2\n");
  const std::string gate = MakeGate();
  Begin();
  auto first = CallF("wait");
  ASSERT_TRUE(AwaitLog("waiting"));

  const auto second = InvokeF("odd");

  EXPECT_EQ(second.body, "odd");
  OpenGate(gate);
  const auto waited = first.Await();
  EXPECT_EQ(waited.body, "waited");
  EXPECT_EQ(waited.Header("x-fc-instance-id"), second.Header("x-fc-instance-id"));
}

TEST_F(StartCustomTest, HasAFurtherInstanceOnTheSamePortOrLetsTheCallWait) {
  DefineServer();
  const std::string gate = MakeGate();
  Begin();
  auto first = CallF("wait");
  ASSERT_TRUE(AwaitLog("waiting"));
  auto second = CallF("odd");

  // In a network of its own, or after the first.
  OpenGate(gate);
  EXPECT_EQ(first.Await().body, "waited");
  EXPECT_EQ(second.Await().body, "odd");
}

/// fclocal without the right to make network namespaces, whoever runs the tests.
class StartCustomPortTest : public StartCustomTest {
 protected:
  void BeginWithoutNetworks() {
    program_ =
        StartProgram("/usr/bin/setpriv", {"--bounding-set", "-sys_admin", ProgramPath("fclocal"),
                                          "start", "--port", "0", "--no-reload"});
    if (!program_->output().Await("serving on http://")) {
      GTEST_SKIP() << "rights cannot be given up here: " << program_->output().joined();
    }
    AwaitServing();
  }
};

TEST_F(StartCustomPortTest, HasOneInstanceForWhichCallsWait) {
  DefineServer();
  const std::string gate = MakeGate();
  BeginWithoutNetworks();
  if (IsSkipped()) return;
  auto first = CallF("wait");
  ASSERT_TRUE(AwaitLog("waiting"));
  auto second = CallF("odd");
  auto third = CallF("odd");

  OpenGate(gate);

  const auto waited = first.Await();
  EXPECT_EQ(waited.body, "waited");
  for (auto* const call : {&second, &third}) {
    const auto answer = call->Await();
    EXPECT_EQ(answer.body, "odd");
    EXPECT_EQ(answer.Header("x-fc-instance-id"), waited.Header("x-fc-instance-id"));
  }
}

TEST_F(StartCustomPortTest, HasTheNextInstanceAfterTheFirstDied) {
  DefineServer();
  BeginWithoutNetworks();
  if (IsSkipped()) return;
  EXPECT_EQ(InvokeF("exit").json()["errorType"], "ProcessExited");

  EXPECT_EQ(InvokeF("odd").body, "odd");
}

TEST_F(StartCustomPortTest, RefusesASecondFunctionAndNamesBoth) {
  DefineServer();
  std::ifstream file(folder_.path() / "s.yaml");
  const std::string one{std::istreambuf_iterator<char>(file), {}};
  std::string other = one.substr(one.find("  f:\n"));
  other.replace(0, 4, "  g:");
  other.replace(other.find("functionName: f"), 15, "functionName: g");
  folder_.WriteFile("s.yaml", one + other);
  BeginWithoutNetworks();
  if (IsSkipped()) return;
  EXPECT_EQ(InvokeF("odd").body, "odd");

  const auto refused = Ask("POST", "/2023-03-30/functions/g/invocations");

  EXPECT_EQ(refused.json()["Code"], "FunctionNotStarted");
  EXPECT_THAT(refused.json()["Message"].get<std::string>(),
              AllOf(HasSubstr("of the function g is in use by the function f"),
                    HasSubstr(std::to_string(server_port_))));
}

}  // namespace
}  // namespace openfc::testing
