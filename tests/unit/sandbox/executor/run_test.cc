#include "sandbox/executor/run.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace openfc::sandbox {
namespace {

TEST(RunOutcomeTest, HasTheShellsCodes) {
  EXPECT_EQ((RunOutcome{.end = RunEnd::kExited, .exit_code = 3}).ShellCode(), 3);
  EXPECT_EQ((RunOutcome{.end = RunEnd::kSignalled, .signal = SIGSEGV}).ShellCode(), 139);
  EXPECT_EQ((RunOutcome{.end = RunEnd::kTimedOut}).ShellCode(), 124);
  EXPECT_EQ((RunOutcome{.end = RunEnd::kCpuTimedOut}).ShellCode(), 124);
  EXPECT_EQ((RunOutcome{.end = RunEnd::kOutOfMemory}).ShellCode(), 137);
  EXPECT_EQ((RunOutcome{.end = RunEnd::kCancelled}).ShellCode(), 137);
  EXPECT_EQ((RunOutcome{.end = RunEnd::kFailed}).ShellCode(), 126);
}

}  // namespace
}  // namespace openfc::sandbox
