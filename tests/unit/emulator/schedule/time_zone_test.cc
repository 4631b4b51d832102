#include "emulator/schedule/time_zone.h"

#include <gmock/gmock.h>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""y;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

TEST(TimeZoneTest, IsUtcWithoutADatabase) {
  const auto setting = TimeZone().SettingAt(sys_days(2026y / 1 / 1));

  EXPECT_EQ(setting.ahead, 0h);
  EXPECT_EQ(setting.until, sys_seconds::max());
  EXPECT_TRUE(TimeZone::Find("UTC"));
}

TEST(TimeZoneTest, KnowsHowFarAheadAPlaceIs) {
  const auto shanghai = TimeZone::Find("Asia/Shanghai");
  const auto kathmandu = TimeZone::Find("Asia/Kathmandu");

  ASSERT_TRUE(shanghai && kathmandu);
  EXPECT_EQ(shanghai->SettingAt(sys_days(2026y / 1 / 1)).ahead, 8h);
  EXPECT_EQ(shanghai->SettingAt(sys_days(2026y / 1 / 1)).until, sys_seconds::max());
  EXPECT_EQ(kathmandu->SettingAt(sys_days(2026y / 1 / 1)).ahead, 5h + 45min);
}

TEST(TimeZoneTest, KnowsWhenClocksAreSet) {
  const auto berlin = TimeZone::Find("Europe/Berlin");

  ASSERT_TRUE(berlin);
  const auto winter = berlin->SettingAt(sys_days(2026y / 1 / 1));
  EXPECT_EQ(winter.ahead, 1h);
  EXPECT_EQ(winter.until, sys_days(2026y / 3 / 29) + 1h);
  const auto summer = berlin->SettingAt(winter.until);
  EXPECT_EQ(summer.ahead, 2h);
  EXPECT_EQ(summer.until, sys_days(2026y / 10 / 25) + 1h);
}

class NoZoneTest : public testing::TestWithParam<const char*> {};

TEST_P(NoZoneTest, IsRefusedByName) {
  const auto zone = TimeZone::Find(GetParam());

  ASSERT_FALSE(zone);
  EXPECT_EQ(zone.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(zone.error().message,
              testing::StartsWith("there is no time zone '" + std::string(GetParam()) + "'"));
}

INSTANTIATE_TEST_SUITE_P(Some, NoZoneTest,
                         testing::Values("", "Asia/Nowhere", "Asia", "/usr/share/zoneinfo/UTC",
                                         "../zoneinfo/Asia/Shanghai", "Asia/Shanghai\n", "CST-8x",
                                         "Asia/Shang hai"));

}  // namespace
}  // namespace openfc::emulator
