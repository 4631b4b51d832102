#include "emulator/commands/command_line.h"

#include "emulator/commands/command_table.h"

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace openfc::emulator {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

using Asked = std::variant<Work, Printout>;

/// Its work's exit code is the length of its one option.
Interpretation DeclareMeasure(CLI::App& app) {
  const auto text = std::make_shared<std::string>();
  app.add_option("--text", *text, "What to measure");
  return [text]() -> Expected<Work> {
    if (text->empty()) return Error{ErrorCode::kInvalidArgument, "there is nothing to measure"};
    return Work([length = static_cast<int>(text->size())](const Variables&) { return length; });
  };
}

/// Its work's exit code is the number of variables.
Interpretation DeclareCount(CLI::App&) {
  return []() -> Expected<Work> {
    return Work([](const Variables& environment) { return static_cast<int>(environment.size()); });
  };
}

constexpr Command kCommands[] = {{"measure", "Measures a text", DeclareMeasure},
                                 {"count", "Counts variables", DeclareCount}};

Expected<Asked> Parse(std::vector<const char*> words,
                      std::span<const Command> commands = kCommands) {
  words.insert(words.begin(), "fclocal");
  return ParseCommandLine(commands, static_cast<int>(words.size()), words.data());
}

int ExitCode(std::vector<const char*> words, const Variables& environment = {}) {
  const auto asked = Parse(std::move(words));
  return asked ? std::get<Work>(*asked)(environment) : -1;
}

std::string Refusal(std::vector<const char*> words) {
  const auto asked = Parse(std::move(words));
  return asked ? "" : asked.error().message;
}

std::string Text(std::vector<const char*> words, std::span<const Command> commands = kCommands) {
  const auto asked = Parse(std::move(words), commands);
  return asked ? std::get<Printout>(*asked).text : asked.error().message;
}

TEST(CommandLineTest, HandsTheWordsToTheCommandTheyName) {
  EXPECT_EQ(ExitCode({"measure", "--text", "four"}), 4);
  EXPECT_EQ(ExitCode({"count"}, {{"A", ""}, {"B", ""}}), 2);
}

TEST(CommandLineTest, GivesTheSentenceOfACommandThatRefuses) {
  EXPECT_EQ(Refusal({"measure"}), "there is nothing to measure");
}

TEST(CommandLineTest, SaysWhereToLookForWhatItDoesNotKnow) {
  EXPECT_THAT(Refusal({"measure", "--bogus"}),
              AllOf(HasSubstr("--bogus"), EndsWith(" (fclocal measure --help lists the options)")));
  EXPECT_THAT(Refusal({"bogus"}), EndsWith(" (fclocal --help lists the commands)"));
  EXPECT_THAT(Refusal({}), EndsWith(" (fclocal --help lists the commands)"));
}

TEST(CommandLineTest, NamesTheCommandThatThereIsNot) {
  EXPECT_EQ(Refusal({"strat"}), "there is no command 'strat' (fclocal --help lists the commands)");
  EXPECT_EQ(Refusal({"strat", "--port", "1"}),
            "there is no command 'strat' (fclocal --help lists the commands)");
}

TEST(CommandLineTest, TakesOneCommandAlone) {
  EXPECT_NE(Refusal({"count", "measure", "--text", "four"}), "");
}

TEST(CommandLineTest, PrintsTheHelpOfAllAndOfOne) {
  EXPECT_THAT(Text({"--help"}), AllOf(HasSubstr("Measures a text"), HasSubstr("Counts variables")));
  EXPECT_THAT(Text({"measure", "--help"}),
              AllOf(HasSubstr("fclocal measure"), HasSubstr("What to measure")));
}

TEST(CommandLineTest, PrintsTheVersion) {
  EXPECT_EQ(Text({"--version"}), "fclocal " OPENFC_VERSION "\n");
}

TEST(CommandLineTest, HasHelpWithExamplesForEveryCommandOfFclocal) {
  for (const Command& command : AllCommands()) {
    EXPECT_THAT(Text({command.name, "--help"}, AllCommands()),
                AllOf(HasSubstr("Examples:"), HasSubstr(std::string("fclocal ") + command.name)));
  }
}

TEST(CommandLineTest, SaysHowInvokeEnds) {
  EXPECT_THAT(
      Text({"invoke", "--help"}, AllCommands()),
      AllOf(HasSubstr("--no-limits"), HasSubstr("Exit codes: 0 result, 1 the function failed")));
}

}  // namespace
}  // namespace openfc::emulator
