#include "emulator/schedule/schedule.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""y;
using std::chrono::sys_days;
using std::chrono::system_clock;
using testing::ElementsAre;
using Point = system_clock::time_point;

const Point kStart = sys_days(2026y / 11 / 29);

Schedule Parsed(const std::string& text) {
  auto schedule = Schedule::Parse(text);
  EXPECT_TRUE(schedule) << text << ": " << schedule.error().message;
  return schedule ? *std::move(schedule) : *Schedule::Parse("@every 1s");
}

std::string Wrong(const std::string& text) {
  const auto schedule = Schedule::Parse(text);
  if (schedule) return "none";
  EXPECT_EQ(schedule.error().code, ErrorCode::kInvalidArgument);
  return schedule.error().message;
}

/// The next `count` times, in hours and parts of them after `begin`.
std::vector<double> HoursAfter(Point begin, const Schedule& schedule, int count) {
  std::vector<double> hours;
  Point now = begin;
  for (int i = 0; i < count; ++i) {
    const auto next = schedule.NextAfter(now);
    if (!next) break;
    hours.push_back(std::chrono::duration<double, std::ratio<3600>>(*next - begin).count());
    now = *next;
  }
  return hours;
}

TEST(ScheduleTest, FiresEverySoOften) {
  EXPECT_EQ(Parsed("@every 1m").NextAfter(kStart), kStart + 1min);
  EXPECT_EQ(Parsed("@every 90s").NextAfter(kStart), kStart + 90s);
  EXPECT_EQ(Parsed("@every 2h").NextAfter(kStart), kStart + 2h);
  EXPECT_EQ(Parsed("@every 1h30m").NextAfter(kStart), kStart + 90min);
  EXPECT_EQ(Parsed("@every 1h2m3s").NextAfter(kStart), kStart + 1h + 2min + 3s);
  EXPECT_EQ(Parsed("@every 0m1s").NextAfter(kStart), kStart + 1s);
  EXPECT_EQ(Parsed(" @every   5m ").NextAfter(kStart), kStart + 5min);
}

TEST(ScheduleTest, FiresOnWholeSeconds) {
  EXPECT_EQ(Parsed("@every 10s").NextAfter(kStart + 400ms), kStart + 10s);
  EXPECT_EQ(Parsed("* * * * * *").NextAfter(kStart + 400ms), kStart + 1s);
  EXPECT_EQ(Parsed("* * * * * *").NextAfter(kStart), kStart + 1s);
}

class WrongEveryTest : public testing::TestWithParam<const char*> {};

TEST_P(WrongEveryTest, IsRefusedWithWhatItTakes) {
  EXPECT_THAT(
      Wrong("@every" + std::string(GetParam())),
      testing::AllOf(testing::HasSubstr("@every"), testing::HasSubstr("whole numbers of h")));
}

INSTANTIATE_TEST_SUITE_P(Some, WrongEveryTest,
                         testing::Values("", " ", " 1", " m", " 1d", " 1.5h", " -1m", " +1m",
                                         " 1m 2", " 1h 30m", " 1mm", " 99999999999m",
                                         " 5000000000s", " x"));

TEST(ScheduleTest, BoundsHowOftenItFires) {
  EXPECT_EQ(Wrong("@every 0s"), "'@every' needs a second at least");
  EXPECT_EQ(Wrong("@every 1000000000h"), "'@every' takes ten years at most");
}

TEST(ScheduleTest, IsInUtcUnlessItSaysOtherwise) {
  EXPECT_EQ(Parsed("0 0 12 * * *").NextAfter(kStart), kStart + 12h);
  EXPECT_EQ(Parsed("CRON_TZ=Asia/Shanghai 0 0 12 * * *").NextAfter(kStart), kStart + 4h);
  EXPECT_EQ(Parsed("CRON_TZ=Asia/Shanghai 0 0 4 * * *").NextAfter(kStart), kStart + 20h);
  EXPECT_EQ(Parsed("CRON_TZ=America/New_York  0 0 0 * * *").NextAfter(kStart), kStart + 5h);
  EXPECT_EQ(Parsed("CRON_TZ=Asia/Kathmandu 0 0 6 * * *").NextAfter(kStart), kStart + 15min);
  EXPECT_EQ(Parsed("CRON_TZ=UTC 0 0 6 * * *").NextAfter(kStart), kStart + 6h);
  EXPECT_EQ(Parsed("CRON_TZ=Asia/Shanghai @every 1m").NextAfter(kStart), kStart + 1min);
}

TEST(ScheduleTest, TakesTheDateOfItsZone) {
  // It is Monday in Auckland, thirteen hours ahead, while it still is Sunday in Greenwich.
  EXPECT_EQ(Parsed("CRON_TZ=Pacific/Auckland 0 0 0 ? * MON").NextAfter(kStart), kStart + 11h);
  EXPECT_EQ(Parsed("CRON_TZ=Pacific/Honolulu 0 0 23 28 * ?").NextAfter(kStart), kStart + 9h);
}

// Clocks in New York go from 2:00 to 3:00 on 8 March 2026 and from 2:00 to 1:00 on 1 November.

TEST(ScheduleTest, LeavesOutWhatAClockPutForwardLeavesOut) {
  const Point day = sys_days(2026y / 3 / 8) + 5h;  // Midnight there.

  EXPECT_THAT(HoursAfter(day, Parsed("CRON_TZ=America/New_York 0 30 2 * * *"), 2),
              ElementsAre(25.5, 49.5));
  EXPECT_THAT(HoursAfter(day, Parsed("CRON_TZ=America/New_York 0 0 3 * * *"), 2),
              ElementsAre(2, 26));
  EXPECT_THAT(HoursAfter(day, Parsed("CRON_TZ=America/New_York 0 0 * * * *"), 4),
              ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(HoursAfter(day, Parsed("CRON_TZ=America/New_York 0 0 0-4 * * *"), 4),
              ElementsAre(1, 2, 3, 23));
}

TEST(ScheduleTest, FiresTwiceWhereAClockPutBackShowsATimeTwice) {
  const Point day = sys_days(2026y / 11 / 1) + 4h;  // Midnight there.

  EXPECT_THAT(HoursAfter(day, Parsed("CRON_TZ=America/New_York 0 30 1 * * *"), 3),
              ElementsAre(1.5, 2.5, 26.5));
  EXPECT_THAT(HoursAfter(day, Parsed("CRON_TZ=America/New_York 0 0 2 * * *"), 2),
              ElementsAre(3, 27));
  EXPECT_THAT(HoursAfter(day, Parsed("CRON_TZ=America/New_York 0 0 * * * *"), 5),
              ElementsAre(1, 2, 3, 4, 5));
}

TEST(ScheduleTest, KnowsZonesThatSkipMidnightOrHalfAnHour) {
  // Beirut goes from 0:00 to 1:00 on 29 March 2026; Lord Howe's clocks are put back by half an
  // hour.
  const Point beirut = sys_days(2026y / 3 / 28) + 12h;
  const Point lord_howe = sys_days(2026y / 4 / 4) + 13h;  // Midnight there.

  EXPECT_THAT(HoursAfter(beirut, Parsed("CRON_TZ=Asia/Beirut 0 0 0 * * *"), 1), ElementsAre(33));
  EXPECT_THAT(HoursAfter(lord_howe, Parsed("CRON_TZ=Australia/Lord_Howe 0 45 1 * * *"), 2),
              ElementsAre(1.75, 2.25));
}

TEST(ScheduleTest, KnowsNoNextTimeOfDatesThatNeverCome) {
  EXPECT_EQ(Parsed("0 0 0 30 2 ?").NextAfter(kStart), std::nullopt);
  EXPECT_EQ(Parsed("CRON_TZ=America/New_York 0 0 0 30 FEB ?").NextAfter(kStart), std::nullopt);
  EXPECT_EQ(Parsed("0 0 0 29 2 ?").NextAfter(kStart), Point(sys_days(2028y / 2 / 29)));
}

TEST(ScheduleTest, StopsWhereTheClockEnds) {
  EXPECT_EQ(Parsed("@every 1h").NextAfter(Point::max()), std::nullopt);
  EXPECT_EQ(Parsed("0 0 0 * * *").NextAfter(Point::max()), std::nullopt);
  EXPECT_EQ(Parsed("0 0 0 * * *").NextAfter(Point(-1s)), Point());
}

TEST(ScheduleTest, IsAValue) {
  const Schedule first = Parsed("CRON_TZ=Asia/Shanghai 0 0 12 * * *");
  Schedule second = Parsed("@every 1m");

  second = first;

  EXPECT_EQ(second.NextAfter(kStart), first.NextAfter(kStart));
}

TEST(ScheduleTest, SaysWhatIsWrong) {
  EXPECT_EQ(Wrong(""), "the expression is empty: write one like @every 1m or 0 0 12 * * *");
  EXPECT_EQ(Wrong("@daily"), "'@daily' is not understood: of the words with @, only @every is");
  EXPECT_EQ(Wrong("TZ=Asia/Shanghai 0 0 12 * * *"), "a time zone is given as CRON_TZ=Area/City");
  EXPECT_THAT(Wrong("CRON_TZ=Asia/Shangai 0 0 12 * * *"),
              testing::StartsWith("there is no time zone 'Asia/Shangai'"));
  EXPECT_THAT(Wrong("CRON_TZ= 0 0 12 * * *"), testing::StartsWith("there is no time zone ''"));
  EXPECT_THAT(Wrong("CRON_TZ=Asia/Shanghai"), testing::EndsWith("this one has 0"));
  EXPECT_THAT(Wrong("0 0 12 L * ?"), testing::HasSubstr("the day-of-month field has 'L'"));
  EXPECT_THAT(Wrong("0 0 25 * * *"), testing::HasSubstr("the hours field has 25"));
}

}  // namespace
}  // namespace openfc::emulator
