#include "emulator/commands/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace openfc::emulator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

using Asked = std::variant<InvokeCommandLine, Printout>;

Expected<Asked> Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "fclocal");
  return ParseCommandLine(static_cast<int>(words.size()), words.data());
}

InvokeCommandLine ParseInvoke(std::vector<const char*> words) {
  words.insert(words.begin(), "invoke");
  auto asked = Parse(std::move(words));
  if (!asked) throw std::runtime_error(asked.error().message);
  return std::get<InvokeCommandLine>(*std::move(asked));
}

std::string Refusal(std::vector<const char*> words) {
  words.insert(words.begin(), "invoke");
  const auto asked = Parse(std::move(words));
  return asked ? "" : asked.error().message;
}

TEST(CommandLineTest, HasNothingWhereNothingWasSaid) {
  const InvokeCommandLine line = ParseInvoke({});

  EXPECT_EQ(line.event, std::nullopt);
  EXPECT_EQ(line.event_file, std::nullopt);
  EXPECT_EQ(line.code, std::nullopt);
  EXPECT_EQ(line.handler, std::nullopt);
  EXPECT_EQ(line.config, std::nullopt);
  EXPECT_EQ(line.function, "");
  EXPECT_EQ(line.timeout, std::nullopt);
  EXPECT_EQ(line.memory_mb, std::nullopt);
  EXPECT_EQ(line.bootstrap, std::nullopt);
  EXPECT_FALSE(line.wants_json || line.is_quiet || line.lifts_limits);
}

TEST(CommandLineTest, TakesEveryOption) {
  const InvokeCommandLine line = ParseInvoke(
      {"-f",     "e.json", "--code",    "src",         "--handler", "a.b",    "-c",
       "x.yaml", "fn",     "--timeout", "7",           "--memory",  "256",    "--env",
       "A=1",    "--env",  "B=x=y",     "--bootstrap", "./b",       "--json", "--no-limits"});

  EXPECT_EQ(line.event_file, "e.json");
  EXPECT_EQ(line.code, "src");
  EXPECT_EQ(line.handler, "a.b");
  EXPECT_EQ(line.config, "x.yaml");
  EXPECT_EQ(line.function, "fn");
  EXPECT_EQ(line.timeout, std::chrono::seconds(7));
  EXPECT_EQ(line.memory_mb, 256);
  EXPECT_THAT(line.environment, ElementsAre(Pair("A", "1"), Pair("B", "x=y")));
  EXPECT_EQ(line.bootstrap, "./b");
  EXPECT_TRUE(line.wants_json);
  EXPECT_TRUE(line.lifts_limits);
  EXPECT_TRUE(ParseInvoke({"--quiet"}).is_quiet);
}

TEST(CommandLineTest, TakesEveryEventAsItIs) {
  for (const char* const event : {"", " ", "-", "-5", "--json", "\"text\"", "'x'", "[1, 2]",
                                  "{\"a\": [\"b\"]}", "a,b", "%%", "\\n", "\xff", "a\nb"}) {
    EXPECT_EQ(ParseInvoke({"-e", event}).event, event) << event;
    EXPECT_EQ(ParseInvoke({"--event", event}).event, event) << event;
  }
  EXPECT_EQ(ParseInvoke({"-f", "-"}).event_file, "-");
}

TEST(CommandLineTest, TakesEveryValueOfAVariableAsItIs) {
  for (const char* const value : {"", "[a,b]", "\"q\"", "a b", "x,y"}) {
    const std::string text = std::string("K=") + value;
    EXPECT_THAT(ParseInvoke({"--env", text.c_str()}).environment, ElementsAre(Pair("K", value)));
  }
}

TEST(CommandLineTest, KeepsAVariableApartFromTheName) {
  const InvokeCommandLine line = ParseInvoke({"-c", "s.yaml", "--env", "A=1", "fn"});

  EXPECT_EQ(line.function, "fn");
}

TEST(CommandLineTest, RefusesNumbersThatAreNone) {
  EXPECT_EQ(Refusal({"--timeout", "soon"}),
            "--timeout is 'soon', but must be a whole number of seconds, at least 1");
  EXPECT_EQ(Refusal({"--timeout", "0"}),
            "--timeout is '0', but must be a whole number of seconds, at least 1");
  EXPECT_EQ(Refusal({"--memory", "1.5"}),
            "--memory is '1.5', but must be a whole number of MB, at least 1");
  EXPECT_THAT(Refusal({"--memory", "-1"}), HasSubstr("at least 1"));
  EXPECT_THAT(Refusal({"--memory", "99999999999999999999"}), HasSubstr("a whole number"));
}

TEST(CommandLineTest, RefusesVariablesThatAreNone) {
  EXPECT_EQ(Refusal({"--env", "NOVALUE"}), "--env is 'NOVALUE', but must be KEY=VALUE");
  EXPECT_THAT(Refusal({"--env", "FC_X=1"}), HasSubstr("FC_X is reserved"));
  EXPECT_THAT(Refusal({"--env", "=1"}), HasSubstr("is no name"));
}

TEST(CommandLineTest, RefusesContradictions) {
  EXPECT_EQ(Refusal({"-e", "x", "-f", "y"}), "-e and -f both give the event: drop one of them");
  EXPECT_EQ(Refusal({"--json", "--quiet"}),
            "--json and --quiet contradict each other: drop one of them");
  EXPECT_THAT(Refusal({"--code", "x", "fn"}), HasSubstr("'fn' names a function of a s.yaml"));
}

TEST(CommandLineTest, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(Refusal({"--bogus"}), HasSubstr("--bogus"));
  EXPECT_THAT(Refusal({"a", "b"}), HasSubstr("fclocal invoke --help lists the options"));
  EXPECT_THAT(Refusal({"-e"}), HasSubstr("--event"));
  EXPECT_THAT(Refusal({"-e", "a", "-e", "b"}), HasSubstr("--event"));
  EXPECT_FALSE(Parse({}).has_value());
  EXPECT_FALSE(Parse({"bogus"}).has_value());
}

TEST(CommandLineTest, PrintsHelpWithExamplesAndTheVersion) {
  const auto help = Parse({"invoke", "--help"});
  ASSERT_TRUE(help.has_value());
  const std::string text = std::get<Printout>(*help).text;
  EXPECT_THAT(text, HasSubstr("Examples:"));
  EXPECT_THAT(text, HasSubstr("--no-limits"));
  EXPECT_THAT(text, HasSubstr("Exit codes: 0 result, 1 the function failed"));

  const auto version = Parse({"--version"});
  ASSERT_TRUE(version.has_value());
  EXPECT_EQ(std::get<Printout>(*version).text, "fclocal " OPENFC_VERSION "\n");
}

}  // namespace
}  // namespace openfc::emulator
