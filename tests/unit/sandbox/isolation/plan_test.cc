#include "sandbox/isolation/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::sandbox {
namespace {

TEST(PlanTest, NamesProfilesBothWays) {
  for (const char* name : {"full", "setuid", "unpriv", "instance", "none"}) {
    const auto profile = ProfileOf(name);

    ASSERT_TRUE(profile) << name;
    EXPECT_EQ(NameOf(*profile), name);
  }
  EXPECT_FALSE(ProfileOf("auto"));
}

TEST(PlanTest, NumbersPropertiesBothWays) {
  for (std::size_t i = 0; i < kPropertyCount; ++i) {
    const auto property = static_cast<Property>(i);

    EXPECT_EQ(PropertyOf(NumberOf(property)), property);
    EXPECT_FALSE(TitleOf(property).empty());
  }
  for (const char* word : {"", "P", "P0", "P10", "p1", "P1 "}) EXPECT_FALSE(PropertyOf(word));
}

TEST(PlanTest, CanDoWithoutMemoryAndDiskAlone) {
  EXPECT_FALSE(IsRequired(Property::kMemory));
  EXPECT_FALSE(IsRequired(Property::kDisk));
  EXPECT_TRUE(IsRequired(Property::kFiles));
  EXPECT_TRUE(IsRequired(Property::kSurface));
}

TEST(PlanTest, PromisesNothingWhereNothingIsBuilt) {
  const auto plan = MakePlan(Profile::kNone);

  ASSERT_TRUE(plan);
  EXPECT_EQ(MechanismOf(*plan, Property::kFiles), "none");
  EXPECT_EQ(MechanismOf(*plan, Property::kServer), "none");
}

}  // namespace
}  // namespace openfc::sandbox
