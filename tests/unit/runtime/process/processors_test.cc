#include "runtime/process/processors.h"

#include <gmock/gmock.h>
#include <sched.h>

#include <algorithm>
#include <cstddef>

namespace openfc {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class ProcessorsTest : public ::testing::Test {
 protected:
  ProcessorsTest() { ::sched_getaffinity(0, sizeof(before_), &before_); }
  ~ProcessorsTest() override { ::sched_setaffinity(0, sizeof(before_), &before_); }

  cpu_set_t before_{};
};

TEST_F(ProcessorsTest, AreAllThatThisThreadMayRunOnInOrder) {
  const std::vector<int> allowed = AllowedProcessors();

  EXPECT_THAT(allowed, SizeIs(static_cast<std::size_t>(CPU_COUNT(&before_))));
  EXPECT_TRUE(std::is_sorted(allowed.begin(), allowed.end()));
}

TEST_F(ProcessorsTest, AreFewerForAThreadThatIsRestricted) {
  const int last = AllowedProcessors().back();
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(last), &one);
  ASSERT_EQ(::sched_setaffinity(0, sizeof(one), &one), 0);

  EXPECT_THAT(AllowedProcessors(), ElementsAre(last));
}

/// Of the processors `all`, from the lowest on.
std::vector<int> NarrowedOf(const std::vector<int>& all, std::size_t most, int first) {
  const cpu_set_t chosen = Narrowed(SetOf(all), most, first);
  std::vector<int> numbers;
  for (int number = 0; number < CPU_SETSIZE; ++number) {
    if (CPU_ISSET(static_cast<std::size_t>(number), &chosen)) numbers.push_back(number);
  }
  return numbers;
}

TEST(NarrowedProcessorsTest, BeginWhereTheKernelHasPutIt) {
  EXPECT_THAT(NarrowedOf({0, 1, 2, 3}, 1, 2), ElementsAre(2));
  EXPECT_THAT(NarrowedOf({0, 1, 2, 3}, 2, 1), ElementsAre(1, 2));
}

TEST(NarrowedProcessorsTest, GoOnFromTheFirstAfterTheLast) {
  EXPECT_THAT(NarrowedOf({0, 1, 2, 3}, 2, 3), ElementsAre(0, 3));
  EXPECT_THAT(NarrowedOf({5, 1023}, 1, 1023), ElementsAre(1023));
}

TEST(NarrowedProcessorsTest, AreOfThoseThatThereAre) {
  EXPECT_THAT(NarrowedOf({4, 7}, 1, 5), ElementsAre(7));
  EXPECT_THAT(NarrowedOf({4, 7}, 1, 9), ElementsAre(4));
  EXPECT_THAT(NarrowedOf({4, 7}, 9, 7), ElementsAre(4, 7));
}

TEST(NarrowedProcessorsTest, AreTheFirstWhereNobodyKnowsWhereItIs) {
  EXPECT_THAT(NarrowedOf({4, 7}, 1, -1), ElementsAre(4));
}

TEST_F(ProcessorsTest, StayAsTheyAreWithoutBounds) {
  const std::vector<int> before = AllowedProcessors();

  StayOnProcessors({});

  EXPECT_EQ(AllowedProcessors(), before);
}

TEST_F(ProcessorsTest, AreAsFewAsTheirBoundSays) {
  StayOnProcessors({.most = 1});

  EXPECT_THAT(AllowedProcessors(), ElementsAre(::sched_getcpu()));
}

TEST_F(ProcessorsTest, AreAsFewAsTheirBoundSaysOfThoseThatAreNamed) {
  const int last = AllowedProcessors().back();

  StayOnProcessors({.numbers = {last}, .most = 1});

  EXPECT_THAT(AllowedProcessors(), ElementsAre(last));
}

}  // namespace
}  // namespace openfc
