#include "emulator/platform/start_errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""s;
using ::testing::HasSubstr;

FunctionDefinition Custom() {
  return {.name = "f",
          .code_path = "/c",
          .custom = CustomRuntime{.command = {"node", "server.js"}, .port = 8099}};
}

TEST(StartErrorsTest, SayThatACustomRuntimeDoesNotListen) {
  const PlatformError error = NotReadyInTime(Custom(), 120s, "one\ntwo\n");

  EXPECT_EQ(error.status, 412);
  EXPECT_EQ(error.code, "FunctionNotStarted");
  EXPECT_EQ(error.message,
            "Function instance health check failed on port 8099 in 120 seconds.\nLogs:\none\ntwo");
}

TEST(StartErrorsTest, LeaveAnEmptyLogOut) {
  EXPECT_EQ(NotReadyInTime(Custom(), 5s, "\n").message,
            "Function instance health check failed on port 8099 in 5 seconds");
}

TEST(StartErrorsTest, SayThatARuntimeDoesNotPoll) {
  const PlatformError error = NotReadyInTime({.name = "f"}, 120s, "");

  EXPECT_EQ(error.code, "FunctionNotStarted");
  EXPECT_THAT(error.message, HasSubstr("did not ask for an invocation within 120 seconds"));
}

TEST(StartErrorsTest, SayThatARuntimeHasEnded) {
  const PlatformError error = EndedEarly({.name = "f"}, {.exit_code = 3}, "");

  EXPECT_EQ(error.status, 412);
  EXPECT_EQ(error.code, "FunctionNotStarted");
  EXPECT_THAT(error.message, HasSubstr("exit code 3"));
}

/// How a custom runtime ended before it listened, and what callers are told (fc-platform.md, 7.2).
struct EndRow {
  int exit_code;
  int signal;
  const char* log;
  const char* code;
  const char* message;  // After `Function instance exited unexpectedly`.
};

class EarlyEndTest : public ::testing::TestWithParam<EndRow> {};

TEST_P(EarlyEndTest, IsTold) {
  const EndRow& row = GetParam();

  const PlatformError error =
      EndedEarly(Custom(), {.exit_code = row.exit_code, .signal = row.signal}, row.log);

  EXPECT_EQ(error.status, 412);
  EXPECT_EQ(error.code, row.code);
  EXPECT_EQ(error.message, std::string("Function instance exited unexpectedly") + row.message);
}

INSTANTIATE_TEST_SUITE_P(
    All, EarlyEndTest,
    ::testing::Values(
        EndRow{3, 0, "no\n", "CAExited",
               "(code 3, message: exit code 3) with start command 'node server.js'.\nLogs:\nno"},
        EndRow{139, 0, "", "CAExited",
               "(code 139, message: killed by signal 11 (SIGSEGV)) with start command 'node "
               "server.js'"},
        EndRow{0, SIGKILL, "", "CAExited",
               "(code 137, message: killed by signal 9 (SIGKILL)) with start command 'node "
               "server.js'"},
        EndRow{2, 0, "rloader: cannot start the command: no such file: 'node'\n", "CAExited",
               "(code 2, message: no such file: 'node') with start command 'node server.js'"},
        EndRow{13, 0, "rloader: cannot start the command: permission denied: 'x'\n",
               "CAFilePermission",
               "(code 13, message: permission denied: 'x') with start command 'node server.js'"},
        EndRow{13, 0, "mine\n", "CAExited",
               "(code 13, message: exit code 13) with start command 'node "
               "server.js'.\nLogs:\nmine"}));

}  // namespace
}  // namespace openfc::emulator
