#include "emulator/invocation_run.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

/// With a shell script in rloader's place, which speaks no protocol.
class InvocationRunTest : public ::testing::Test {
 protected:
  RunReport Run(const std::string& script, seconds start_time = seconds(60)) {
    const auto program = folder_.WriteFile("rloader", "#!/bin/sh\n" + script);
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    RunOptions options{.function = {.name = "f", .code_path = folder_.path().string()},
                       .event = "event",
                       .rloader = program.string(),
                       .start_time = start_time};
    options.own_environment = {{"PATH", "/usr/bin:/bin"}};
    const auto signals = StopSignals::Hold();
    return RunInvocation(std::move(options), **signals);
  }

  openfc::testing::TempDir folder_;
};

TEST_F(InvocationRunTest, GivesUpOnARuntimeThatNeverAsksForWork) {
  const RunReport report = Run("echo here I am; sleep 1000", seconds(1));

  EXPECT_EQ(report.ending, Ending::kNotStarted);
  EXPECT_EQ(report.reason, "the runtime did not ask for an invocation within 1 seconds");
  EXPECT_EQ(report.log, "here I am\n");
}

TEST_F(InvocationRunTest, PassesOnWhyTheInitCouldNotBegin) {
  const RunReport report = Run("echo 'rloader: there is no libpython' >&2; exit 2");

  EXPECT_EQ(report.ending, Ending::kNotStarted);
  EXPECT_EQ(report.reason, "there is no libpython");
}

TEST_F(InvocationRunTest, TellsHowTheRuntimeEndedEarly) {
  EXPECT_EQ(Run("exit 5").reason,
            "the runtime ended before it asked for an invocation: exit code 5");
  EXPECT_EQ(Run("exit 139").reason,
            "the runtime ended before it asked for an invocation: killed by signal 11 (SIGSEGV)");
  EXPECT_EQ(Run("kill -9 $$").reason,
            "the runtime ended before it asked for an invocation: killed by signal 9 (SIGKILL)");
}

TEST_F(InvocationRunTest, SaysWhenThereIsNoInit) {
  RunOptions options{.function = {.name = "f", .code_path = folder_.path().string()},
                     .event = "",
                     .rloader = "/no/such/rloader"};
  const auto signals = StopSignals::Hold();

  const RunReport report = RunInvocation(std::move(options), **signals);

  EXPECT_EQ(report.ending, Ending::kNotStarted);
  EXPECT_THAT(report.reason, HasSubstr("/no/such/rloader"));
}

TEST_F(InvocationRunTest, StopsForASignal) {
  const auto program = folder_.WriteFile("rloader", "#!/bin/sh\nkill -TERM $PPID; sleep 1000\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  RunOptions options{.function = {.name = "f", .code_path = folder_.path().string()},
                     .event = "",
                     .rloader = program.string()};
  options.own_environment = {{"PATH", "/usr/bin:/bin"}};
  const auto signals = StopSignals::Hold();

  const RunReport report = RunInvocation(std::move(options), **signals);

  EXPECT_EQ(report.ending, Ending::kInterrupted);
  EXPECT_EQ(report.signal, SIGTERM);
}

}  // namespace
}  // namespace openfc::emulator
