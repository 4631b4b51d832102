#include "sandbox/commands/doctor_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace openfc::sandbox {
namespace {

using ::testing::HasSubstr;

IsolationReport Report() {
  IsolationReport report;
  report.profile = Profile::kSetuid;
  report.properties = {{.property = Property::kFiles, .mechanism = "Landlock", .broken_by = ""},
                       {.property = Property::kDisk, .mechanism = "none", .broken_by = "a flood"}};
  report.refused = {"full: no"};
  return report;
}

TEST(DoctorTableTest, HasARowForEachProperty) {
  EXPECT_EQ(ReportAsTable(Report()),
            "profile setuid\n"
            "P1  file system         kept    Landlock\n"
            "P8  disk                BROKEN  none (went through: a flood)\n"
            "not to be had: full: no\n");
}

TEST(DoctorJsonTest, SaysTheSameToPrograms) {
  const auto document = nlohmann::json::parse(ReportAsJson(Report()));

  EXPECT_EQ(document["profile"], "setuid");
  EXPECT_EQ(document["missing"], nlohmann::json({"P8"}));
  EXPECT_EQ(document["properties"][0]["kept"], true);
  EXPECT_EQ(document["properties"][1]["broken_by"], "a flood");
  EXPECT_EQ(document["refused"][0], "full: no");
}

}  // namespace
}  // namespace openfc::sandbox
