#include "emulator/processor_share.h"

#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

TEST(ProcessorShareTest, IsOneWhereNothingIsSaid) { EXPECT_EQ(ProcessorsOf(0), 1U); }

TEST(ProcessorShareTest, IsAsManyAsItBegins) {
  EXPECT_EQ(ProcessorsOf(0.05), 1U);
  EXPECT_EQ(ProcessorsOf(1), 1U);
  EXPECT_EQ(ProcessorsOf(1.05), 2U);
  EXPECT_EQ(ProcessorsOf(2), 2U);
  EXPECT_EQ(ProcessorsOf(2.5), 3U);
  EXPECT_EQ(ProcessorsOf(16), 16U);
}

TEST(ProcessorShareTest, TakesNoRoundingForAFurtherOne) {
  double one = 0;
  for (int i = 0; i < 20; ++i) one += 0.05;

  EXPECT_GT(one, 1);
  EXPECT_EQ(ProcessorsOf(one), 1U);
  EXPECT_EQ(ProcessorsOf(1e-9), 1U);
}

TEST(ProcessorShareTest, IsANumberHoweverMuchIsSaid) { EXPECT_GE(ProcessorsOf(1e300), 100'000U); }

}  // namespace
}  // namespace openfc::emulator
