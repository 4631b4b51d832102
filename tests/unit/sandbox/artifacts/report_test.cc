#include "sandbox/artifacts/report.h"

#include <gtest/gtest.h>

#include <string>

namespace openfc::sandbox {
namespace {

TEST(ReportTest, HasArtifactsAndWhatElseWasSaid) {
  const Report report = ReadReport(
      R"({"artifact": {"mime": "image/png", "name": "figure 1", "data": "iVBO", "encoding": "base64", "metadata": {"width": 640}}})"
      "\n"
      R"({"artifact": {"mime": "text/html", "name": "df", "data": "<table>", "encoding": "utf-8", "metadata": {}}})"
      "\n"
      R"({"ended": null})"
      "\n");

  ASSERT_EQ(report.artifacts.size(), 2U);
  EXPECT_EQ(report.artifacts[0].mime, "image/png");
  EXPECT_FALSE(report.artifacts[0].is_text);
  EXPECT_EQ(report.artifacts[0].metadata, R"({"width":640})");
  EXPECT_EQ(report.artifacts[1].name, "df");
  EXPECT_TRUE(report.artifacts[1].is_text);
  ASSERT_NE(report.Find("ended"), nullptr);
  EXPECT_EQ(*report.Find("ended"), "null");
  EXPECT_EQ(report.Find("checked"), nullptr);
}

TEST(ReportTest, GivesTheLastOfAKind) {
  EXPECT_EQ(*ReadReport("{\"a\":1}\n{\"a\":2}\n").Find("a"), "2");
}

TEST(ReportTest, LeavesOutALineThatWasCutOff) {
  const Report report = ReadReport("{\"variables\": {}}\n{\"ended\": nu");

  EXPECT_NE(report.Find("variables"), nullptr);
  EXPECT_EQ(report.Find("ended"), nullptr);
}

TEST(ReportTest, BearsWithWhatAProgramWritesThere) {
  const std::string deep = "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  for (const std::string& line :
       {std::string("no json"), std::string("[1]"), std::string("{}"), std::string("\xFF"), deep,
        std::string(R"({"artifact": 1})"), std::string(R"({"artifact": [], "b": 1})")}) {
    const Report report = ReadReport(line + "\n{\"ended\": null}\n");

    EXPECT_EQ(report.artifacts.size(), 0U) << line.substr(0, 50);
    EXPECT_EQ(report.entries.size(), 1U) << line.substr(0, 50);
  }
}

TEST(ReportTest, TakesFieldsOfOtherKindsAsEmpty) {
  const Report report = ReadReport(
      R"({"artifact": {"mime": 1, "name": null, "data": [], "encoding": 2, "metadata": "x"}})"
      "\n");

  ASSERT_EQ(report.artifacts.size(), 1U);
  EXPECT_EQ(report.artifacts[0].mime, "");
  EXPECT_EQ(report.artifacts[0].data, "");
  EXPECT_EQ(report.artifacts[0].metadata, "{}");
}

}  // namespace
}  // namespace openfc::sandbox
