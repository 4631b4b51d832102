#include "sandbox/commands/run_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace openfc::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RunLineTest, ReadsAPythonProgram) {
  const auto line = ParseRunLine(
      R"-({"id":"a","code":"print()","data":true,"may_fork":true,"wall_ms":5,"processes":7})-");

  ASSERT_TRUE(line);
  const auto& python = std::get<PythonProgram>(line->request.program);
  EXPECT_EQ(line->id, "a");
  EXPECT_EQ(python.code, "print()");
  EXPECT_EQ(python.libraries, Libraries::kData);
  EXPECT_TRUE(python.may_fork);
  EXPECT_EQ(line->request.limits.wall, std::chrono::milliseconds(5));
  EXPECT_EQ(line->request.limits.processes, 7);
}

TEST(RunLineTest, ReadsACommand) {
  const auto line = ParseRunLine(R"({"command":["echo","x"],"environment":["A=1"],"input":"in"})");

  ASSERT_TRUE(line);
  EXPECT_THAT(std::get<CommandProgram>(line->request.program).words, ElementsAre("echo", "x"));
  EXPECT_THAT(line->request.environment, ElementsAre("A=1"));
  EXPECT_EQ(line->request.input, "in");
}

TEST(RunLineTest, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(ParseRunLine(R"({"cod":""})").error().message, HasSubstr("'cod'"));
  for (const char* text : {"", "[]", "3", "{", R"({"code":3})", R"({"wall_ms":"x"})"}) {
    EXPECT_FALSE(ParseRunLine(text)) << text;
  }
}

TEST(OutcomeLineTest, IsALineWhateverTheBytesAre) {
  RunOutcome outcome;
  outcome.end = RunEnd::kTimedOut;
  outcome.output = "a\n\xff";
  outcome.is_output_truncated = true;

  const std::string line = OutcomeLine("x", outcome, {.profile = "full", .missing = {"P6"}});

  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto document = nlohmann::json::parse(line);
  EXPECT_EQ(document["id"], "x");
  EXPECT_EQ(document["end"], "timed_out");
  EXPECT_EQ(document["output"], "a\n\xEF\xBF\xBD");
  EXPECT_EQ(document["output_truncated"], true);
  EXPECT_EQ(document["isolation"]["missing"][0], "P6");
}

}  // namespace
}  // namespace openfc::sandbox
