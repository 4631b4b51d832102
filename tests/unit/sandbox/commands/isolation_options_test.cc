#include "sandbox/commands/isolation_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(IsolationOptionsTest, LeavesTheChoiceOpenWhenNothingIsSaid) {
  const auto choice = ParseIsolation({});

  ASSERT_TRUE(choice);
  EXPECT_FALSE(choice->profile);
  EXPECT_TRUE(choice->may_be_missing.empty());
}

TEST(IsolationOptionsTest, TakesAProfileAndNumbers) {
  const auto choice = ParseIsolation({.profile = "unpriv", .allow_missing = "P6,P8"});

  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->profile, Profile::kUnpriv);
  EXPECT_THAT(choice->may_be_missing, ElementsAre(Property::kMemory, Property::kDisk));
}

TEST(IsolationOptionsTest, NamesTheWordThatIsNone) {
  EXPECT_THAT(ParseIsolation({.profile = "strong"}).error().message, HasSubstr("'strong'"));
  EXPECT_THAT(ParseIsolation({.allow_missing = "P1,all"}).error().message, HasSubstr("'all'"));
}

}  // namespace
}  // namespace openfc::sandbox
