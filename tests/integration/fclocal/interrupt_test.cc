// Ctrl-C and its like: the instance is stopped, and nothing is left.

#include "tests/integration/fclocal/fclocal_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FclocalInterruptTest : public FclocalTest, public ::testing::WithParamInterface<int> {};

TEST_P(FclocalInterruptTest, StopsARunningFunction) {
  const auto program = Start(WithFake({"-e", "deaf-sleep", "--timeout", "600"}));
  ASSERT_TRUE(program->output().Await("sleeping"));

  program->Signal(GetParam());

  const Invoked invoked = AwaitEnd(*program);
  EXPECT_EQ(invoked.exit_code, 128 + GetParam());
  EXPECT_EQ(invoked.out, "");
  EXPECT_THAT(invoked.err, HasSubstr("fclocal: interrupted: the instance was stopped\n"));
  EXPECT_THAT(invoked.survivors, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Signals, FclocalInterruptTest, ::testing::Values(SIGINT, SIGTERM, SIGHUP));

class FclocalEarlyInterruptTest : public FclocalTest {};

TEST_F(FclocalEarlyInterruptTest, StopsARuntimeThatNeverPolls) {
  const auto program = Start(WithFake({"--env", "FAKE_START=never-poll"}));
  ASSERT_TRUE(program->output().Await("FC invoke Logs begin"));

  program->Signal(SIGINT);

  const Invoked invoked = AwaitEnd(*program);
  EXPECT_EQ(invoked.exit_code, 130);
  EXPECT_THAT(invoked.survivors, IsEmpty());
}

TEST_F(FclocalEarlyInterruptTest, KilledItselfItTakesTheInstanceAlong) {
  const auto program = Start(WithFake({"-e", "sleep", "--timeout", "600"}));
  ASSERT_TRUE(program->output().Await("sleeping"));

  program->Signal(SIGKILL);

  const Invoked invoked = AwaitEnd(*program);
  EXPECT_EQ(invoked.signal, SIGKILL);
  // rloader is told by the kernel, and has to end its tree first.
  while (!program->Family().empty()) ::sched_yield();
}

}  // namespace
}  // namespace openfc::testing
