#include "runtime/config/environment.h"

#include <gtest/gtest.h>

namespace openfc {
namespace {

TEST(ReadEnvironmentTest, SplitsAtTheFirstEqualsSignAndKeepsTheFirstOfTwo) {
  char first[] = "A=1";
  char twice[] = "A=2";
  char formula[] = "B=x=y";
  char broken[] = "NOEQUALS";
  char* block[] = {first, twice, formula, broken, nullptr};

  const Environment environment = ReadEnvironment(block);

  EXPECT_EQ(environment, (Environment{{"A", "1"}, {"B", "x=y"}}));
}

TEST(FindTest, TakesAnEmptyVariableForAnAbsentOne) {
  const Environment environment{{"EMPTY", ""}, {"FULL", "x"}};

  EXPECT_EQ(Find(environment, "EMPTY"), std::nullopt);
  EXPECT_EQ(Find(environment, "ABSENT"), std::nullopt);
  EXPECT_EQ(Find(environment, "FULL"), "x");
}

TEST(FindNumberTest, TakesWholeDecimalNumbersOnly) {
  const Environment environment{
      {"GOOD", "12"}, {"NEGATIVE", "-3"}, {"TRAILING", "12x"}, {"HUGE", "99999999999999999999"}};

  EXPECT_EQ(FindNumber(environment, "GOOD"), 12);
  EXPECT_EQ(FindNumber(environment, "NEGATIVE"), -3);
  EXPECT_EQ(FindNumber(environment, "TRAILING"), std::nullopt);
  EXPECT_EQ(FindNumber(environment, "HUGE"), std::nullopt);
  EXPECT_EQ(FindNumber(environment, "ABSENT"), std::nullopt);
}

}  // namespace
}  // namespace openfc
