#include "sandbox/isolation/verify.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace openfc::sandbox {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::TempDir;

IsolationReport AllKept() {
  IsolationReport report;
  report.profile = Profile::kUnpriv;
  for (std::size_t i = 0; i < kPropertyCount; ++i) {
    report.properties.push_back(
        {.property = static_cast<Property>(i), .mechanism = "a wall", .broken_by = ""});
  }
  return report;
}

TEST(ComplaintTest, HasNothingToSayWhereAllIsKept) { EXPECT_EQ(Complaint(AllKept(), {}), ""); }

TEST(ComplaintTest, NamesThePropertyTheAttemptAndTheRemedy) {
  IsolationReport report = AllKept();
  report.properties[4].broken_by = "connect by TCP";
  report.refused = {"full: cannot make a PID namespace: Operation not permitted"};

  EXPECT_THAT(Complaint(report, {}),
              AllOf(HasSubstr("P5 (egress off)"), HasSubstr("connect by TCP went through"),
                    HasSubstr("tried: a wall"), HasSubstr("Operation not permitted"),
                    HasSubstr("--allow-missing=P5")));
}

TEST(ComplaintTest, LetsBeMissingWhatMay) {
  IsolationReport report = AllKept();
  report.properties[4].broken_by = "connect by TCP";
  report.properties[5].broken_by = "a run that used too much went on";

  EXPECT_EQ(Complaint(report, {Property::kEgress}), "");
}

/// The trials are only worth something if they find what no wall stops.
TEST(VerifyPlanTest, FindsEveryPropertyBrokenWhereNoWallStands) {
  const TempDir state;

  const IsolationReport report = VerifyPlan(MakePlan(Profile::kNone).value(), state.path());

  for (const Property property : {Property::kFiles, Property::kSessions, Property::kServer,
                                  Property::kTreeKill, Property::kEgress, Property::kSurface}) {
    EXPECT_FALSE(report.properties.at(static_cast<std::size_t>(property)).IsKept())
        << NumberOf(property);
  }
  EXPECT_TRUE(std::filesystem::is_empty(state.path()));
}

}  // namespace
}  // namespace openfc::sandbox
