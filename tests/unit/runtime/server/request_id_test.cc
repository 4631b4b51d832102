#include "runtime/server/request_id.h"

#include <gmock/gmock.h>

#include <set>

namespace openfc {
namespace {

TEST(RequestIdTest, HasThePlatformsShape) {
  EXPECT_THAT(MakeRequestId(),
              ::testing::ContainsRegex("^1-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]"
                                       "[0-9a-f][0-9a-f]-[0-9a-f]*$"));
  EXPECT_EQ(MakeRequestId().size(), 2U + 8 + 1 + 24);
}

TEST(RequestIdTest, IsAnotherOneEachTime) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(MakeRequestId());

  EXPECT_EQ(ids.size(), 1000U);
}

}  // namespace
}  // namespace openfc
