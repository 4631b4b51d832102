#include "sandbox/engine/user_range.h"

#include <gtest/gtest.h>

#include <set>

namespace openfc::sandbox {
namespace {

constexpr std::string_view kAll = "         0          0 4294967295\n";
constexpr std::string_view kContainer = "0 100000 65536\n";

TEST(UserRangeTest, IsNobodyElsesAsLongAsItIsHeld) {
  auto first = ClaimUserRange(kAll);
  const auto second = ClaimUserRange(kAll);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  const uid_t freed = first->first;
  EXPECT_NE(freed, second->first);
  EXPECT_GE(std::max(freed, second->first) - std::min(freed, second->first), first->count);

  first->claim.Reset();

  EXPECT_LE(ClaimUserRange(kAll)->first, std::max(freed, second->first + second->count));
}

TEST(UserRangeTest, StaysWithinWhatAContainerHas) {
  const auto range = ClaimUserRange(kContainer);

  ASSERT_TRUE(range);
  EXPECT_LT(range->first + range->count, 65'536U);
}

TEST(UserRangeTest, EndsWithTheLastOne) {
  std::vector<UserRange> held;
  std::set<uid_t> firsts;
  while (auto range = ClaimUserRange(kContainer)) {
    firsts.insert(range->first);
    held.push_back(*std::move(range));
  }

  EXPECT_FALSE(held.empty());
  EXPECT_EQ(firsts.size(), held.size());
  EXPECT_EQ(ClaimUserRange(kContainer).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace openfc::sandbox
