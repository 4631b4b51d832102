#include "sandbox/executor/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::sandbox {
namespace {

using ::testing::HasSubstr;

TEST(LimitsTest, AreWithinThemselves) { EXPECT_TRUE(CheckLimits(Limits{}, Limits{})); }

TEST(LimitsTest, NamesTheOneThatIsAboveItsCap) {
  Limits asked;
  asked.memory_bytes = Limits{}.memory_bytes + 1;

  const Status checked = CheckLimits(asked, Limits{});

  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(checked.error().message,
              HasSubstr("memory in bytes must be between 1 and 268435456, not 268435457"));
}

TEST(LimitsTest, RefusesNothingAndLessThanNothing) {
  for (const int processes : {0, -1}) {
    Limits asked;
    asked.processes = processes;

    EXPECT_FALSE(CheckLimits(asked, Limits{})) << processes;
  }
}

TEST(LimitsTest, ChecksEachOfThem) {
  const Limits caps;
  const auto is_refused = [&](auto change) {
    Limits asked;
    change(asked);
    return !CheckLimits(asked, caps);
  };

  EXPECT_TRUE(is_refused([](Limits& l) { l.wall += std::chrono::milliseconds(1); }));
  EXPECT_TRUE(is_refused([](Limits& l) { l.cpu += std::chrono::milliseconds(1); }));
  EXPECT_TRUE(is_refused([](Limits& l) { ++l.processes; }));
  EXPECT_TRUE(is_refused([](Limits& l) { ++l.open_files; }));
  EXPECT_TRUE(is_refused([](Limits& l) { ++l.file_bytes; }));
  EXPECT_TRUE(is_refused([](Limits& l) { ++l.disk_bytes; }));
  EXPECT_TRUE(is_refused([](Limits& l) { ++l.output_bytes; }));
  EXPECT_TRUE(is_refused([](Limits& l) { ++l.result_bytes; }));
}

}  // namespace
}  // namespace openfc::sandbox
