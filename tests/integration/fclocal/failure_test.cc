// Functions and instances that go wrong: the exit code, the error JSON, and nothing left running.

#include "tests/integration/fclocal/fclocal_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

class FclocalFailureTest : public FclocalTest {};

TEST_F(FclocalFailureTest, OfAFunctionThatExits) {
  const Invoked invoked = RunFake({"-e", "exit 7"});

  EXPECT_EQ(invoked.exit_code, 1);
  EXPECT_EQ(invoked.json()["errorType"], "ProcessExited");
  EXPECT_THAT(invoked.json()["errorMessage"].get<std::string>(),
              MatchesRegex("Process exited unexpectedly before completing request \\(duration: "
                           "[0-9]+ms, maxMemoryUsage: [0-9.]+MB\\): exit code 7"));
  EXPECT_THAT(invoked.survivors, IsEmpty());
}

TEST_F(FclocalFailureTest, OfAFunctionThatKillsItself) {
  const Invoked invoked = RunFake({"-e", "kill-self 9"});

  EXPECT_EQ(invoked.exit_code, 1);
  EXPECT_THAT(invoked.json()["errorMessage"].get<std::string>(),
              HasSubstr("killed by signal 9 (SIGKILL)"));
  EXPECT_THAT(invoked.survivors, IsEmpty());
}

TEST_F(FclocalFailureTest, OfAFunctionThatKillsItsInit) {
  const Invoked invoked = RunFake({"-e", "kill-parent"});

  EXPECT_EQ(invoked.exit_code, 1);
  EXPECT_EQ(invoked.json()["errorType"], "ProcessExited");
  EXPECT_THAT(invoked.survivors, IsEmpty());
}

TEST_F(FclocalFailureTest, OfAFunctionThatTakesTooLong) {
  const Invoked invoked = RunFake({"-e", "sleep", "--timeout", "1"});

  EXPECT_EQ(invoked.exit_code, 4);
  EXPECT_EQ(invoked.json()["errorType"], "FunctionTimeout");
  EXPECT_EQ(invoked.json()["errorMessage"], "Function timed out after 1 seconds");
  EXPECT_THAT(invoked.err, HasSubstr("sleeping\n========= FC invoke Logs end"));
  EXPECT_THAT(invoked.err, ContainsRegex("Duration: 10[0-9][0-9]\\.[0-9]+ ms"));
  EXPECT_THAT(invoked.survivors, IsEmpty());
}

TEST_F(FclocalFailureTest, OfAFunctionThatTakesTooLongAndDoesNotHear) {
  const Invoked invoked = RunFake({"-e", "deaf-sleep", "--timeout", "1"});

  EXPECT_EQ(invoked.exit_code, 4);
  EXPECT_THAT(invoked.survivors, IsEmpty());
}

TEST_F(FclocalFailureTest, LeavesNoChildrenOfASuccessBehindEither) {
  const Invoked invoked = RunFake({"-e", "leave-children"});

  EXPECT_EQ(invoked.exit_code, 0);
  EXPECT_EQ(invoked.out, "left");
  EXPECT_THAT(invoked.survivors, IsEmpty());
}

TEST_F(FclocalFailureTest, OfAFunctionThatTakesTooMuchMemory) {
  const Invoked invoked = RunFake({"-e", "hog", "--memory", "128", "--timeout", "60"});

  EXPECT_EQ(invoked.exit_code, 1);
  const std::string type = invoked.json()["errorType"];
  // Of a runtime without the shared page, only a cgroup can tell it.
  EXPECT_TRUE(type == "OutOfMemory" || type == "ProcessExited") << type;
  EXPECT_THAT(invoked.survivors, IsEmpty());
}

TEST_F(FclocalFailureTest, OfAResultThatIsTooLarge) {
  const Invoked invoked = RunFake({"-e", "large 33554433", "--timeout", "30"});

  EXPECT_EQ(invoked.exit_code, 1);
  EXPECT_EQ(invoked.json()["errorType"], "ResponseTooLarge");
  EXPECT_EQ(invoked.json()["errorMessage"],
            "Response payload size 33554433 exceeds the limit of 33554432 bytes");
  EXPECT_THAT(invoked.survivors, IsEmpty());
}

TEST_F(FclocalFailureTest, OfARuntimeThatEndsAtOnce) {
  const Invoked invoked = RunFake({"--env", "FAKE_START=exit"});

  EXPECT_EQ(invoked.exit_code, 3);
  EXPECT_EQ(invoked.out, "");
  EXPECT_THAT(invoked.err, HasSubstr("cannot go on\n"));
  EXPECT_THAT(invoked.err, HasSubstr("fclocal: the instance could not start: the runtime ended "
                                     "before it asked for an invocation: exit code 3\n"));
}

TEST_F(FclocalFailureTest, OfARuntimeThatCannotServe) {
  const Invoked invoked = RunFake({"--env", "FAKE_START=init-error"});

  EXPECT_EQ(invoked.exit_code, 3);
  EXPECT_EQ(invoked.out, "");
  EXPECT_THAT(invoked.err, HasSubstr("fclocal: the instance could not start: no such thing\n"));
  EXPECT_THAT(invoked.survivors, IsEmpty());
}

TEST_F(FclocalFailureTest, OfAProgramThatIsNotThere) {
  const Invoked invoked = Run({"--code", ".", "--bootstrap", "./none"});

  EXPECT_EQ(invoked.exit_code, 3);
  EXPECT_THAT(invoked.err, HasSubstr("fclocal: the instance could not start: the runtime '" +
                                     (folder_.path() / "none").string() + "' cannot be found"));
}

TEST_F(FclocalFailureTest, OfAnInstanceIsPartOfTheJson) {
  const Invoked invoked = RunFake({"--json", "--env", "FAKE_START=exit"});

  EXPECT_EQ(invoked.exit_code, 3);
  EXPECT_EQ(invoked.json()["ok"], false);
  EXPECT_EQ(invoked.json()["errorType"], "InstanceStartFailed");
  EXPECT_THAT(invoked.json()["log"].get<std::string>(), HasSubstr("cannot go on"));
}

}  // namespace
}  // namespace openfc::testing
