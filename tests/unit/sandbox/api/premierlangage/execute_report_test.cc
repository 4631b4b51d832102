#include "sandbox/api/premierlangage/execute_report.h"

#include <gtest/gtest.h>

#include <string>

namespace openfc::sandbox {
namespace {

using std::chrono::system_clock;

RunOutcome Ended(RunEnd end, const std::string& out = "", const std::string& errors = "") {
  return {.end = end, .output = out, .errors = errors};
}

TEST(ExecuteReportTest, TellsAnEndAsTheOriginalDoes) {
  RunOutcome outcome = Ended(RunEnd::kExited, " out \n", "\terr\n");
  outcome.exit_code = 3;

  const CommandReport report = ReportOf("ls", outcome, "10.0", 0.25);

  EXPECT_EQ(report.command, "ls");
  EXPECT_EQ(report.exit_code, 3);
  EXPECT_EQ(report.out, "out");
  EXPECT_EQ(report.errors, "err");
  EXPECT_EQ(report.seconds, 0.25);
  EXPECT_FALSE(report.has_partial);
}

TEST(ExecuteReportTest, ATimeoutHasNoOutputButInKeysOfOurOwn) {
  const CommandReport report =
      ReportOf("c", Ended(RunEnd::kTimedOut, "begun\n", "warned\n"), "0.2", 0.21);

  EXPECT_EQ(report.exit_code, -2);
  EXPECT_EQ(report.out, "");
  EXPECT_EQ(report.errors, "Command timed out after 0.2 seconds\n");
  EXPECT_EQ(report.partial_out, "begun");
  EXPECT_EQ(report.partial_errors, "warned");
  EXPECT_EQ(RenderReport({.status = -2, .commands = {report}, .total_seconds = 0.5}),
            R"({"status":-2,"execution":[{"command":"c","exit_code":-2,"stdout":"",)"
            R"("stderr":"Command timed out after 0.2 seconds\n","time":0.21,)"
            R"("partial_stdout":"begun","partial_stderr":"warned"}],"total_time":0.5})");
}

TEST(ExecuteReportTest, TellsSignalsAndTheirLikeAsAShellDoes) {
  RunOutcome killed = Ended(RunEnd::kSignalled);
  killed.signal = 11;

  EXPECT_EQ(ReportOf("c", killed, "10.0", 0).exit_code, 139);
  EXPECT_EQ(ReportOf("c", Ended(RunEnd::kCpuTimedOut), "10.0", 0).exit_code, 124);
  const CommandReport starved = ReportOf("c", Ended(RunEnd::kOutOfMemory, "kept"), "10.0", 0);
  EXPECT_EQ(starved.exit_code, 137);
  EXPECT_EQ(starved.out, "kept");
  EXPECT_TRUE(starved.is_out_of_memory);
}

TEST(ExecuteReportTest, KeepsToItselfWhyARunFailed) {
  RunOutcome failed = Ended(RunEnd::kFailed, "x");
  failed.failure = "a secret of the operator's";

  const CommandReport report = ReportOf("c", failed, "10.0", 0.1);

  EXPECT_EQ(report.exit_code, -1);
  EXPECT_EQ(report.out, "");
  EXPECT_EQ(report.errors, "An unknown error occurred on the sandbox\n");
  EXPECT_EQ(ReportOf("c", Ended(RunEnd::kCancelled), "10.0", 0).exit_code, -1);
}

TEST(ExecuteReportTest, RendersAllThatThereIs) {
  const auto expires = system_clock::time_point(std::chrono::microseconds(1'767'225'600'000'042));
  ExecuteReport report{.status = 0,
                       .commands = {{.command = "a", .out = "\xff\xC3\xA9", .seconds = 1}},
                       .total_seconds = 1.5,
                       .environment = "u",
                       .expires = expires,
                       .result = "Hello World !\n"};

  EXPECT_EQ(RenderReport(report),
            "{\"status\":0,\"execution\":[{\"command\":\"a\",\"exit_code\":0,"
            "\"stdout\":\"\xEF\xBF\xBD\xC3\xA9\",\"stderr\":\"\",\"time\":1.0}],"
            "\"total_time\":1.5,\"environment\":\"u\","
            "\"expire\":\"2026-01-01T00:00:00.000042+00:00\",\"result\":\"Hello World !\\n\"}");
}

TEST(ExecuteReportTest, SaysWhatWasCutOff) {
  RunOutcome outcome = Ended(RunEnd::kExited);
  outcome.is_errors_truncated = true;

  EXPECT_TRUE(ReportOf("c", outcome, "10.0", 0).is_truncated);
}

}  // namespace
}  // namespace openfc::sandbox
