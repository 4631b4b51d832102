// What fclocal prints, and where.

#include "tests/fakes/programs.h"
#include "tests/integration/fclocal/fclocal_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr const char* kFigures =
    "RequestId: 1-[0-9a-f]+-[0-9a-f]+, Duration: [0-9.]+ ms, Billed Duration: [0-9]+ ms, "
    "Memory Size: 512 MB, Max Memory Used: [0-9.]+ MB\n";

class FclocalOutputTest : public FclocalTest {};

TEST_F(FclocalOutputTest, IsTheResultAloneOnStdoutAndTheRestOnStderr) {
  const Invoked invoked = RunFake({"-e", "say hello from the function"});

  EXPECT_EQ(invoked.exit_code, 0);
  EXPECT_EQ(invoked.out, "say hello from the function");
  EXPECT_THAT(invoked.err, MatchesRegex(std::string("=+ FC invoke Logs begin =+\n"
                                                    "hello from the function\n"
                                                    "=+ FC invoke Logs end =+\n") +
                                        kFigures));
}

TEST_F(FclocalOutputTest, KeepsTheBytesOfTheResult) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);

  EXPECT_EQ(RunFake({"-e", "bytes"}).out, bytes);
}

TEST_F(FclocalOutputTest, MeasuresMemoryAndTime) {
  const nlohmann::json report = RunFake({"--json"}).json();

  EXPECT_GT(report["durationMs"], 0.0);
  EXPECT_GE(report["billedDurationMs"], 1);
  EXPECT_GT(report["maxMemoryUsedMb"], 1.0);
  EXPECT_LT(report["maxMemoryUsedMb"], 512.0);
}

TEST_F(FclocalOutputTest, IsTheResultAloneWhenQuiet) {
  const Invoked invoked = RunFake({"--quiet", "-e", "say something"});

  EXPECT_EQ(invoked.out, "say something");
  EXPECT_EQ(invoked.err, "");
}

TEST_F(FclocalOutputTest, IsOneObjectWhenJsonIsWanted) {
  const Invoked invoked = RunFake({"--json", "-e", "say \"quoted\" words"});

  EXPECT_EQ(invoked.exit_code, 0);
  EXPECT_EQ(invoked.err, "");
  const nlohmann::json report = invoked.json();
  EXPECT_EQ(report["ok"], true);
  EXPECT_EQ(report["result"], "say \"quoted\" words");
  EXPECT_EQ(report["log"], "\"quoted\" words\n");
  EXPECT_EQ(report["memorySizeMb"], 512);
}

TEST_F(FclocalOutputTest, PutsBinaryResultsIntoJson) {
  const nlohmann::json report = RunFake({"--json", "-e", "bytes"}).json();

  EXPECT_EQ(report["resultEncoding"], "base64");
  EXPECT_THAT(report["result"].get<std::string>(), HasSubstr("AAECAwQFBgcICQ"));
}

TEST_F(FclocalOutputTest, HoldsTheErrorJsonOfAFailure) {
  const Invoked invoked = RunFake({"-e", "fail on purpose"});

  EXPECT_EQ(invoked.exit_code, 1);
  EXPECT_EQ(invoked.json()["errorMessage"], "on purpose");
  EXPECT_THAT(invoked.err, ContainsRegex(kFigures));
  const nlohmann::json report = RunFake({"--json", "-e", "fail on purpose"}).json();
  EXPECT_EQ(report["ok"], false);
  EXPECT_EQ(report["errorType"], "ValueError");
}

TEST_F(FclocalOutputTest, HoldsAllThatWasPrintedBeforeTheAnswer) {
  const Invoked invoked = RunFake({"-e", "print 20", "--timeout", "60"});

  ASSERT_EQ(invoked.exit_code, 0);
  EXPECT_THAT(invoked.err, HasSubstr("no newline\n========= FC invoke Logs end ========="));
  EXPECT_GE(invoked.err.size(), 20U * 1024 * 1024);
}

TEST_F(FclocalOutputTest, KeepsTheEndOfALogThatIsTooLongForJson) {
  const Invoked invoked = RunFake({"--json", "-e", "print 20", "--timeout", "60"});

  const nlohmann::json report = invoked.json();
  EXPECT_EQ(report["ok"], true);
  EXPECT_EQ(report["logTruncated"], true);
  EXPECT_THAT(report["log"].get<std::string>(), EndsWith("no newline"));
}

TEST_F(FclocalOutputTest, SurvivesAFunctionThatPrintsWithoutEnd) {
  ProgramOptions options{
      .arguments = {"-c", "exec " + ProgramPath("fclocal") + " invoke --bootstrap " +
                              FakeRuntime() + " --code . --timeout 100 -e 'print 300' 2>/dev/null"},
      .environment = {},
      .folder = folder_.path(),
      .input = "",
      .descriptors = {}};
  Program program("/bin/sh", options);

  const Invoked invoked = AwaitEnd(program);

  EXPECT_EQ(invoked.exit_code, 0);
  EXPECT_EQ(invoked.out, "print 300");
}

TEST_F(FclocalOutputTest, EndsInAnErrorWhenNobodyReadsTheResult) {
  ProgramOptions options{
      .arguments = {"-c", ProgramPath("fclocal") + " invoke --bootstrap " + FakeRuntime() +
                              " --code . -e x >/dev/full; echo \"exit $?\""},
      .environment = {},
      .folder = folder_.path(),
      .input = "",
      .descriptors = {}};
  Program program("/bin/sh", options);

  const Invoked invoked = AwaitEnd(program);

  EXPECT_EQ(invoked.out, "exit 74\n");
  EXPECT_THAT(invoked.err, HasSubstr("fclocal: the result cannot be written to standard output: "
                                     "No space left on device"));
}

TEST_F(FclocalOutputTest, PrintsHelpAndVersion) {
  const Invoked help = Run({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("Examples:"), HasSubstr("--event-file")));
  EXPECT_THAT(help.out, Not(HasSubstr("\x1b[")));

  ProgramOptions options{
      .arguments = {"--version"}, .environment = {}, .folder = {}, .input = "", .descriptors = {}};
  Program version("fclocal", options);
  EXPECT_EQ(AwaitEnd(version).out, "fclocal " OPENFC_VERSION "\n");
}

}  // namespace
}  // namespace openfc::testing
