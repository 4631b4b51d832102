#include "emulator/commands/invoke_options.h"

#include "emulator/commands/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace openfc::emulator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

/// What a command would be run with, by a table that has `invoke` alone and only remembers.
Expected<InvokeCommandLine> Parse(std::vector<const char*> words) {
  static std::optional<InvokeCommandLine> given;
  constexpr Command kRemember = {"invoke", "", [](CLI::App& app) -> Interpretation {
                                   return [read = DeclareInvokeOptions(app)]() -> Expected<Work> {
                                     auto line = read();
                                     if (!line) return line.error();
                                     given = *std::move(line);
                                     return Work();
                                   };
                                 }};
  words.insert(words.begin(), {"fclocal", "invoke"});
  const auto asked =
      ParseCommandLine({&kRemember, 1}, static_cast<int>(words.size()), words.data());
  if (!asked) return asked.error();
  return *given;
}

InvokeCommandLine ParseInvoke(std::vector<const char*> words) {
  auto line = Parse(std::move(words));
  if (!line) throw std::runtime_error(line.error().message);
  return *std::move(line);
}

std::string Refusal(std::vector<const char*> words) {
  const auto line = Parse(std::move(words));
  return line ? "" : line.error().message;
}

TEST(InvokeOptionsTest, HasNothingWhereNothingWasSaid) {
  const InvokeCommandLine line = ParseInvoke({});

  EXPECT_EQ(line.event, std::nullopt);
  EXPECT_EQ(line.event_file, std::nullopt);
  EXPECT_EQ(line.code, std::nullopt);
  EXPECT_EQ(line.handler, std::nullopt);
  EXPECT_EQ(line.config, std::nullopt);
  EXPECT_EQ(line.function, "");
  EXPECT_EQ(line.timeout, std::nullopt);
  EXPECT_EQ(line.memory_mb, std::nullopt);
  EXPECT_EQ(line.cpu, std::nullopt);
  EXPECT_EQ(line.bootstrap, std::nullopt);
  EXPECT_FALSE(line.wants_json || line.is_quiet || line.lifts_limits);
}

TEST(InvokeOptionsTest, TakesEveryOption) {
  const InvokeCommandLine line = ParseInvoke(
      {"-f",    "e.json",      "--code", "src",      "--handler",   "a.b",   "-c",  "x.yaml",
       "fn",    "--timeout",   "7",      "--memory", "256",         "--env", "A=1", "--env",
       "B=x=y", "--bootstrap", "./b",    "--json",   "--no-limits", "--cpu", "0.25"});

  EXPECT_EQ(line.event_file, "e.json");
  EXPECT_EQ(line.code, "src");
  EXPECT_EQ(line.handler, "a.b");
  EXPECT_EQ(line.config, "x.yaml");
  EXPECT_EQ(line.function, "fn");
  EXPECT_EQ(line.timeout, std::chrono::seconds(7));
  EXPECT_EQ(line.memory_mb, 256);
  EXPECT_EQ(line.cpu, 0.25);
  EXPECT_THAT(line.environment, ElementsAre(Pair("A", "1"), Pair("B", "x=y")));
  EXPECT_EQ(line.bootstrap, "./b");
  EXPECT_TRUE(line.wants_json);
  EXPECT_TRUE(line.lifts_limits);
  EXPECT_TRUE(ParseInvoke({"--quiet"}).is_quiet);
}

TEST(InvokeOptionsTest, TakesEveryEventAsItIs) {
  for (const char* const event : {"", " ", "-", "-5", "--json", "\"text\"", "'x'", "[1, 2]",
                                  "{\"a\": [\"b\"]}", "a,b", "%%", "\\n", "\xff", "a\nb"}) {
    EXPECT_EQ(ParseInvoke({"-e", event}).event, event) << event;
    EXPECT_EQ(ParseInvoke({"--event", event}).event, event) << event;
  }
  EXPECT_EQ(ParseInvoke({"-f", "-"}).event_file, "-");
}

TEST(InvokeOptionsTest, TakesASampleEventWithItsSettings) {
  const InvokeCommandLine line =
      ParseInvoke({"--event-type", "oss", "--set", "bucket=a=b", "--set", "/x=[1, 2]", "fn"});

  EXPECT_EQ(line.event_type, "oss");
  ASSERT_EQ(line.event_settings.size(), 2U);
  EXPECT_EQ(line.event_settings[0].field, "bucket");
  EXPECT_EQ(line.event_settings[0].value, "a=b");
  EXPECT_EQ(line.event_settings[1].value, "[1, 2]");
  EXPECT_EQ(line.function, "fn");
}

TEST(InvokeOptionsTest, TakesEveryValueOfAVariableAsItIs) {
  for (const char* const value : {"", "[a,b]", "\"q\"", "a b", "x,y"}) {
    const std::string text = std::string("K=") + value;
    EXPECT_THAT(ParseInvoke({"--env", text.c_str()}).environment, ElementsAre(Pair("K", value)));
  }
}

TEST(InvokeOptionsTest, KeepsAVariableApartFromTheName) {
  const InvokeCommandLine line = ParseInvoke({"-c", "s.yaml", "--env", "A=1", "fn"});

  EXPECT_EQ(line.function, "fn");
}

TEST(InvokeOptionsTest, RefusesNumbersThatAreNone) {
  EXPECT_EQ(Refusal({"--timeout", "soon"}),
            "--timeout is 'soon', but must be a whole number of seconds, at least 1");
  EXPECT_EQ(Refusal({"--timeout", "0"}),
            "--timeout is '0', but must be a whole number of seconds, at least 1");
  EXPECT_EQ(Refusal({"--memory", "1.5"}),
            "--memory is '1.5', but must be a whole number of MB, at least 1");
  EXPECT_THAT(Refusal({"--memory", "-1"}), HasSubstr("at least 1"));
  EXPECT_THAT(Refusal({"--memory", "99999999999999999999"}), HasSubstr("a whole number"));
}

TEST(InvokeOptionsTest, RefusesAShareOfProcessorsThatIsNone) {
  for (const char* const cpu : {"", "much", "0", "-1", "1,5", "inf", "nan", "1 "}) {
    EXPECT_EQ(Refusal({"--cpu", cpu}), std::string("--cpu is '") + cpu +
                                           "', but must be a number of processors, more than 0");
  }
}

TEST(InvokeOptionsTest, RefusesVariablesThatAreNone) {
  EXPECT_EQ(Refusal({"--env", "NOVALUE"}), "--env is 'NOVALUE', but must be KEY=VALUE");
  EXPECT_THAT(Refusal({"--env", "FC_X=1"}), HasSubstr("FC_X is reserved"));
  EXPECT_THAT(Refusal({"--env", "=1"}), HasSubstr("is no name"));
}

TEST(InvokeOptionsTest, RefusesContradictions) {
  EXPECT_EQ(Refusal({"-e", "x", "-f", "y"}), "-e and -f both give the event: drop one of them");
  EXPECT_EQ(Refusal({"-e", "x", "--event-type", "oss"}),
            "--event-type and -e both give the event: drop one of them");
  EXPECT_EQ(Refusal({"-f", "x", "--event-type", "oss"}),
            "--event-type and -f both give the event: drop one of them");
  EXPECT_EQ(Refusal({"--set", "a=b"}), "--set is about a sample event: add --event-type");
  EXPECT_EQ(Refusal({"--event-type", "oss", "--set", "a"}),
            "--set is 'a', but must be FIELD=VALUE");
  EXPECT_EQ(Refusal({"--json", "--quiet"}),
            "--json and --quiet contradict each other: drop one of them");
  EXPECT_THAT(Refusal({"--code", "x", "fn"}), HasSubstr("'fn' names a function of a s.yaml"));
}

TEST(InvokeOptionsTest, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(Refusal({"--bogus"}), HasSubstr("--bogus"));
  EXPECT_THAT(Refusal({"a", "b"}), HasSubstr("fclocal invoke --help lists the options"));
  EXPECT_THAT(Refusal({"-e"}), HasSubstr("--event"));
  EXPECT_THAT(Refusal({"-e", "a", "-e", "b"}), HasSubstr("--event"));
}

}  // namespace
}  // namespace openfc::emulator
