#include "sandbox/zygote/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::sandbox {
namespace {

using ::testing::Contains;
using ::testing::Not;

TEST(EnvironmentTest, HasItsHomeWhereTheRunIs) {
  const auto environment = EnvironmentIn("/work", {});

  EXPECT_THAT(environment, Contains("HOME=/work"));
  EXPECT_THAT(environment, Contains("TMPDIR=/work"));
  EXPECT_THAT(environment, Contains("MPLCONFIGDIR=/work/.matplotlib"));
}

TEST(EnvironmentTest, TakesWhatIsWantedInPlaceOfItsOwn) {
  const auto environment = EnvironmentIn("/work", {"HOME=/elsewhere", "MARK=1", "HOME=/last"});

  EXPECT_THAT(environment, Contains("MARK=1"));
  EXPECT_THAT(environment, Contains("HOME=/last"));
  EXPECT_THAT(environment, Not(Contains("HOME=/work")));
  EXPECT_THAT(environment, Not(Contains("HOME=/elsewhere")));
}

TEST(EnvironmentTest, TakesNoNameForThatOfALongerOne) {
  const auto environment = EnvironmentIn("/work", {"HOM=x", "PAT=y"});

  EXPECT_THAT(environment, Contains("HOME=/work"));
  EXPECT_THAT(environment, Contains("PATH=/usr/local/bin:/usr/bin:/bin"));
}

}  // namespace
}  // namespace openfc::sandbox
