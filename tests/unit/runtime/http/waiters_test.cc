#include "runtime/http/waiters.h"

#include "tests/unit/runtime/http/ready.h"

#include <gtest/gtest.h>

#include <cstddef>

namespace openfc::http {
namespace {

TEST(WaitersTest, AreCalledOnce) {
  Waiters waiters;
  Ready ready;
  EXPECT_FALSE(waiters.Add(ready.callback()));
  EXPECT_FALSE(waiters.Add(ready.callback()));

  waiters.TakeAll().CallAll();
  waiters.TakeAll().CallAll();

  EXPECT_EQ(ready.rung(), 2);
}

TEST(WaitersTest, AreNobodyWhereNobodyAsksToBeCalled) {
  Waiters waiters;

  EXPECT_FALSE(waiters.Add(nullptr));

  EXPECT_TRUE(waiters.empty());
}

TEST(WaitersTest, DoNotGrowByThoseWhoHaveGivenUp) {
  Waiters waiters;
  Ready earliest;
  Ready later;
  EXPECT_FALSE(waiters.Add(earliest.callback()));
  for (std::size_t i = 1; i < Waiters::kMost; ++i) EXPECT_FALSE(waiters.Add(later.callback()));

  const auto too_many = waiters.Add(later.callback());

  ASSERT_TRUE(too_many);
  too_many();
  EXPECT_EQ(earliest.rung(), 1);
  EXPECT_EQ(later.rung(), 0);
}

}  // namespace
}  // namespace openfc::http
