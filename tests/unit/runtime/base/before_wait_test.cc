#include "runtime/base/before_wait.h"

#include <gtest/gtest.h>

#include <thread>

namespace openfc {
namespace {

TEST(BeforeWaitTest, GivesUpOnceWithinItsScope) {
  int given_up = 0;
  {
    const GivesUpBeforeWait scope([&given_up] { ++given_up; });
    EXPECT_TRUE(HasToGiveUp());
    BeforeWait();
    EXPECT_FALSE(HasToGiveUp());
    BeforeWait();
  }
  BeforeWait();
  EXPECT_EQ(given_up, 1);
}

TEST(BeforeWaitTest, IsOfItsThreadAlone) {
  int given_up = 0;
  const GivesUpBeforeWait scope([&given_up] { ++given_up; });
  std::jthread([] {
    EXPECT_FALSE(HasToGiveUp());
    BeforeWait();
  }).join();
  EXPECT_EQ(given_up, 0);
}

}  // namespace
}  // namespace openfc
