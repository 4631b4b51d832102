#include "runtime/base/json_depth.h"

#include <gtest/gtest.h>

#include <string>

namespace openfc {
namespace {

TEST(JsonDepthTest, CountsWhatStandsInEachOther) {
  EXPECT_FALSE(IsNestedDeeperThan("1", 0));
  EXPECT_FALSE(IsNestedDeeperThan("[1, [2], {\"a\": [3]}]", 3));
  EXPECT_TRUE(IsNestedDeeperThan("[1, [2], {\"a\": [3]}]", 2));
  EXPECT_FALSE(IsNestedDeeperThan("[[], [], [], []]", 2));
}

TEST(JsonDepthTest, ReadsNoBracketsInStrings) {
  EXPECT_FALSE(IsNestedDeeperThan(R"(["[[[", "\"[[[", "\\"])", 1));
  EXPECT_TRUE(IsNestedDeeperThan(R"(["\\", [1]])", 1));
}

TEST(JsonDepthTest, BearsWithWhatIsNoJson) {
  EXPECT_FALSE(IsNestedDeeperThan("]]]]", 0));
  EXPECT_FALSE(IsNestedDeeperThan("\"unended", 0));
  EXPECT_FALSE(IsNestedDeeperThan("\"unended\\", 0));
  EXPECT_TRUE(IsNestedDeeperThan(std::string(1'000'000, '['), 100));
}

}  // namespace
}  // namespace openfc
