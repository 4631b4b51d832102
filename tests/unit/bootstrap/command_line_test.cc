#include "bootstrap/rloader/command_line.h"

#include <gmock/gmock.h>

#include <vector>

namespace openfc::bootstrap {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Expected<std::variant<CommandLine, Printout>> Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "rloader");
  return ParseCommandLine(static_cast<int>(words.size()), words.data());
}

CommandLine LineOf(const std::vector<const char*>& words) {
  const auto parsed = Parse(words);
  EXPECT_TRUE(parsed);
  return std::get<CommandLine>(*parsed);
}

std::string PrintoutOf(const std::vector<const char*>& words) {
  const auto parsed = Parse(words);
  EXPECT_TRUE(parsed);
  return std::get<Printout>(*parsed).text;
}

TEST(CommandLineTest, HasDefaults) {
  const CommandLine line = LineOf({});

  EXPECT_EQ(line.handler, "");
  EXPECT_EQ(line.bootstrap, "");
  EXPECT_TRUE(line.restarts);
  EXPECT_FALSE(line.wants_http);
}

TEST(CommandLineTest, TakesEachOption) {
  const CommandLine line = LineOf({"--no-restart", "--bootstrap", "/b", "--http"});

  EXPECT_EQ(line.bootstrap, "/b");
  EXPECT_FALSE(line.restarts);
  EXPECT_TRUE(line.wants_http);
}

TEST(CommandLineTest, TakesTheOptionsOfTheHttpMode) {
  const CommandLine line =
      LineOf({"--port", "8080", "--interface", "asgi", "--error-status", "500"});

  EXPECT_EQ(line.port, "8080");
  EXPECT_EQ(line.interface, "asgi");
  EXPECT_EQ(line.error_status, "500");
}

TEST(CommandLineTest, TakesTheNameOfAHandler) {
  EXPECT_EQ(LineOf({"app.handler"}).handler, "app.handler");
  EXPECT_EQ(LineOf({"--no-restart", "app.handler", "--bootstrap", "/b"}).handler, "app.handler");
}

TEST(CommandLineTest, TakesAProgramToSupervise) {
  const CommandLine line =
      LineOf({"--no-restart", "--command", "--", "/bin/app", "--port", "1", "--", "-x"});

  EXPECT_THAT(line.command, ElementsAre("/bin/app", "--port", "1", "--", "-x"));
  EXPECT_FALSE(line.restarts);
  EXPECT_EQ(line.port, "");
}

TEST(CommandLineTest, TakesADoubleDashWithoutACommandAsEverybodyDoes) {
  EXPECT_EQ(LineOf({"--", "app.handler"}).handler, "app.handler");
  EXPECT_EQ(LineOf({"--", "--command"}).handler, "--command");
}

TEST(CommandLineTest, RefusesACommandWithoutAProgram) {
  for (const auto& words : std::vector<std::vector<const char*>>{
           {"--command"}, {"--command", "--"}, {"--command", "--", ""}}) {
    const auto parsed = Parse(words);

    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(parsed.error().message, HasSubstr("needs a program"));
  }
}

TEST(CommandLineTest, RefusesACommandBesideARuntime) {
  for (const auto& words :
       std::vector<std::vector<const char*>>{{"--command", "app.handler", "--", "a"},
                                             {"--command", "--bootstrap", "/b", "--", "a"},
                                             {"--command", "--http", "--", "a"},
                                             {"--port", "80", "--command", "--", "a"},
                                             {"--interface", "wsgi", "--command", "--", "a"},
                                             {"--error-status", "500", "--command", "--", "a"}}) {
    const auto parsed = Parse(words);

    ASSERT_FALSE(parsed);
    EXPECT_THAT(parsed.error().message, HasSubstr("is no runtime of ours"));
  }
}

TEST(CommandLineTest, PrintsWhatIsAskedFor) {
  EXPECT_THAT(PrintoutOf({"--help"}), HasSubstr("--no-restart"));
  EXPECT_EQ(PrintoutOf({"--version"}), "rloader " OPENFC_VERSION "\n");
}

TEST(CommandLineTest, RefusesEverythingElseInOneSentence) {
  const std::vector<std::vector<const char*>> bad = {{"--bogus"},
                                                     {"one", "two"},
                                                     {"--bootstrap"},
                                                     {"--bootstrap", "/a", "--bootstrap", "/b"},
                                                     {"--port", "65536"},
                                                     {"--port", "http"},
                                                     {"--interface", "cgi"},
                                                     {"--error-status", "200"},
                                                     {"-x"}};
  for (const auto& words : bad) {
    const auto parsed = Parse(words);

    ASSERT_FALSE(parsed) << words[0];
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(parsed.error().message.find('\n'), std::string::npos) << parsed.error().message;
    EXPECT_THAT(parsed.error().message, HasSubstr("rloader --help lists the options"));
  }
}

}  // namespace
}  // namespace openfc::bootstrap
