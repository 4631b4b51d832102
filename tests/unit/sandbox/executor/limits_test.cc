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

TEST(LimitChoiceTest, GoesOverWhatIsUsualWhereSomethingWasSaid) {
  Limits usual;
  usual.memory_bytes = 5;
  usual.disk_bytes = 6;

  const Limits limits = LimitChoice{.memory_bytes = 7, .processes = 8}.Over(usual);

  EXPECT_EQ(limits.memory_bytes, 7);
  EXPECT_EQ(limits.processes, 8);
  EXPECT_EQ(limits.disk_bytes, 6);
  EXPECT_EQ(LimitChoice{}.Over(usual), usual);
}

TEST(LimitChoiceTest, HasEachThatAnOperatorKnows) {
  const Limits limits = LimitChoice{.memory_bytes = 1,
                                    .processes = 2,
                                    .open_files = 3,
                                    .file_bytes = 4,
                                    .disk_bytes = 5,
                                    .output_bytes = 6}
                            .Over({});

  Limits expected;
  expected.memory_bytes = 1;
  expected.processes = 2;
  expected.open_files = 3;
  expected.file_bytes = 4;
  expected.disk_bytes = 5;
  expected.output_bytes = 6;
  EXPECT_EQ(limits, expected);
}

TEST(LimitChoiceTest, IsHeldToTheWidestLimits) {
  EXPECT_TRUE(CheckLimits(Limits{}, WidestLimits()));

  const Status checked =
      CheckLimits(LimitChoice{.memory_bytes = 99LL << 30}.Over({}), WidestLimits());

  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("memory in bytes"));
}

}  // namespace
}  // namespace openfc::sandbox
