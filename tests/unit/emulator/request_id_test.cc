#include "emulator/request_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace openfc::emulator {
namespace {

using ::testing::MatchesRegex;

TEST(RequestIdTest, HasThePlatformsShape) {
  EXPECT_THAT(MakeRequestId(), MatchesRegex("1-[0-9a-f]{8}-[0-9a-f]{24}"));
  EXPECT_THAT(MakeUuid(),
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST(RequestIdTest, DoesNotRepeat) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    ids.insert(MakeRequestId());
    ids.insert(MakeUuid());
  }

  EXPECT_EQ(ids.size(), 2000U);
}

}  // namespace
}  // namespace openfc::emulator
