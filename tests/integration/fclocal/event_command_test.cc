// `fclocal event`: sample events on standard output, and as the event of an invocation.

#include "tests/fakes/programs.h"
#include "tests/integration/fclocal/fclocal_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class FclocalEventCommandTest : public FclocalTest {
 protected:
  /// What `fclocal WORDS` does where standard output is a terminal.
  Invoked RunOnTerminal(const std::string& words) {
    const auto program = StartProgram("/usr/bin/script",
                                      {"-qec", ProgramPath("fclocal") + " " + words, "/dev/null"});
    return AwaitEnd(*program);
  }
};

TEST_F(FclocalEventCommandTest, PrintsTheEventAlone) {
  const Invoked printed = RunCommand({"event", "oss", "--set", "bucket=photos"});

  EXPECT_EQ(printed.exit_code, 0);
  EXPECT_EQ(printed.err, "");
  EXPECT_EQ(printed.json()["events"][0]["oss"]["bucket"]["name"], "photos");
  EXPECT_THAT(printed.out, EndsWith("}"));
}

TEST_F(FclocalEventCommandTest, ListsTheTypes) {
  const Invoked list = RunCommand({"event", "--list"});
  EXPECT_EQ(list.exit_code, 0);
  EXPECT_THAT(list.out, AllOf(HasSubstr("\ntimer "), HasSubstr("bucket, object")));

  const nlohmann::json json = RunCommand({"event", "--list", "--json"}).json();
  for (const auto& type : json) {
    EXPECT_EQ(RunCommand({"event", type["type"].get<std::string>()}).exit_code, 0) << type;
    EXPECT_EQ(type["binary"], type["type"] == "tablestore");
  }
}

TEST_F(FclocalEventCommandTest, IsTheEventOfAnInvocation) {
  const std::string event = RunCommand({"event", "tablestore"}).out;

  const Invoked invoked = RunFake({"--quiet", "--event-type", "tablestore"});

  EXPECT_EQ(invoked.exit_code, 0);
  EXPECT_EQ(invoked.out, event);
  EXPECT_THAT(event, HasSubstr(std::string("\xa2\x67Version", 9)));
}

TEST_F(FclocalEventCommandTest, ShowsTextOnATerminalAndRefusesBytes) {
  const Invoked text = RunOnTerminal("event timer");
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_THAT(text.out, EndsWith("}\r\n"));

  const Invoked binary = RunOnTerminal("event tablestore");
  EXPECT_EQ(binary.exit_code, 2);
  EXPECT_THAT(binary.out,
              AllOf(HasSubstr("the event tablestore is binary"), Not(HasSubstr("Sync"))));
}

TEST_F(FclocalEventCommandTest, EndsInASentenceForWhatCannotBeMeant) {
  const auto refusal = [&](Words words) {
    words.insert(words.begin(), "event");
    const Invoked printed = RunCommand(words);
    EXPECT_EQ(printed.exit_code, 2);
    EXPECT_EQ(printed.out, "");
    return printed.err;
  };

  EXPECT_THAT(refusal({}), HasSubstr("which type of event?"));
  EXPECT_THAT(refusal({"ftp"}), HasSubstr("there is no event type 'ftp'"));
  EXPECT_THAT(refusal({"oss", "--set", "bucket"}), HasSubstr("must be FIELD=VALUE"));
  EXPECT_THAT(refusal({"oss", "--set", "x=1"}), HasSubstr("no field 'x'"));
  EXPECT_THAT(refusal({"oss", "--list"}), HasSubstr("stands alone"));
  EXPECT_THAT(refusal({"oss", "--json"}), HasSubstr("--json is for --list"));
  EXPECT_THAT(Run({"--event-type", "ftp"}).err, HasSubstr("there is no event type 'ftp'"));
}

}  // namespace
}  // namespace openfc::testing
