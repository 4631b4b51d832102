#include "emulator/schedule/cron_fields.h"

#include <gmock/gmock.h>

#include <string>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""d;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""y;
using std::chrono::local_days;
using std::chrono::local_seconds;

constexpr local_seconds kStart = local_days(2026y / 11 / 29);  // A Sunday.

std::optional<local_seconds> First(const std::string& text, local_seconds begin = kStart,
                                   std::chrono::seconds length = std::chrono::years(10)) {
  const auto fields = CronFields::Parse(text);
  EXPECT_TRUE(fields) << fields.error().message;
  return fields ? fields->FirstWithin(begin, begin + length) : std::nullopt;
}

TEST(CronFieldsTest, CountsTheStartInAndTheEndOut) {
  EXPECT_EQ(First("0 0 0 * * *"), kStart);
  EXPECT_EQ(First("0 0 0 * * *", kStart + 1s, 24h - 1s), std::nullopt);
  EXPECT_EQ(First("0 0 0 * * *", kStart + 1s, 24h), kStart + 24h);
  EXPECT_EQ(First("* * * * * *", kStart, 0s), std::nullopt);
}

TEST(CronFieldsTest, CarriesFromSecondsToYears) {
  const local_seconds last = local_days(2026y / 12 / 31) + 23h + 59min + 59s;

  EXPECT_EQ(First("5 * * * * *", kStart + 6s), kStart + 1min + 5s);
  EXPECT_EQ(First("5 4 * * * *", kStart + 4min + 6s), kStart + 1h + 4min + 5s);
  EXPECT_EQ(First("5 4 3 * * *", kStart + 3h + 4min + 6s), kStart + 27h + 4min + 5s);
  EXPECT_EQ(First("5 4 3 * * *", kStart + 2h + 59min + 59s), kStart + 3h + 4min + 5s);
  EXPECT_EQ(First("0 0 0 1 * *", kStart), local_days(2026y / 12 / 1));
  EXPECT_EQ(First("0 0 0 1 1 *", last), local_days(2027y / 1 / 1));
  EXPECT_EQ(First("59 59 23 31 12 *", kStart), last);
  EXPECT_EQ(First("59 59 23 31 12 *", last + 1s), last + 365 * 24h);
}

TEST(CronFieldsTest, KnowsTheDaysOfTheWeekByNumberAndName) {
  for (const auto* sunday : {"0", "7", "SUN", "sun", "7-7"}) {
    EXPECT_EQ(First("0 0 0 ? * " + std::string(sunday)), kStart) << sunday;
  }
  EXPECT_EQ(First("0 0 0 ? * 1"), kStart + 24h);
  EXPECT_EQ(First("0 0 0 ? * MON-FRI"), kStart + 24h);
  EXPECT_EQ(First("0 0 0 ? * SAT"), kStart + 6 * 24h);
  EXPECT_EQ(First("0 0 0 ? * SAT-SUN", kStart + 1s), kStart + 6 * 24h);
}

TEST(CronFieldsTest, KnowsMonthsByNumberAndName) {
  EXPECT_EQ(First("0 0 0 1 FEB ?"), local_days(2027y / 2 / 1));
  EXPECT_EQ(First("0 0 0 1 mar-may ?"), local_days(2027y / 3 / 1));
  EXPECT_EQ(First("0 0 0 1 */5 ?"), local_days(2027y / 1 / 1));
}

TEST(CronFieldsTest, TakesADayThatEitherFieldMeans) {
  EXPECT_EQ(First("0 0 0 1 * MON", kStart), local_days(2026y / 11 / 30));
  EXPECT_EQ(First("0 0 0 1 * MON", kStart + 25h), local_days(2026y / 12 / 1));
}

TEST(CronFieldsTest, TakesADayThatBothMeanWhenOneSaysNothing) {
  EXPECT_EQ(First("0 0 0 1 * *", kStart), local_days(2026y / 12 / 1));
  EXPECT_EQ(First("0 0 0 * * TUE", kStart + 25h), local_days(2026y / 12 / 1));
  EXPECT_EQ(First("0 0 0 ? * ?", kStart), kStart);
}

TEST(CronFieldsTest, SkipsMonthsThatAreTooShort) {
  EXPECT_EQ(First("0 0 0 31 * ?"), local_days(2026y / 12 / 31));
  EXPECT_EQ(First("0 0 0 31 * ?", local_days(2027y / 2 / 1)), local_days(2027y / 3 / 31));
  EXPECT_EQ(First("0 0 0 30 * ?", local_days(2027y / 2 / 1)), local_days(2027y / 3 / 30));
}

TEST(CronFieldsTest, WaitsForLeapYearsTheLongestPause) {
  EXPECT_EQ(First("0 0 0 29 2 ?"), local_days(2028y / 2 / 29));
  EXPECT_EQ(First("0 0 0 29 2 ?", local_days(2096y / 3 / 1)), local_days(2104y / 2 / 29));
}

TEST(CronFieldsTest, FindsNothingOnDatesThatNeverCome) {
  EXPECT_EQ(First("0 0 0 30 2 ?"), std::nullopt);
  EXPECT_EQ(First("0 0 0 31 4,6,9,11 ?"), std::nullopt);
}

TEST(CronFieldsTest, TakesTabsAndSeveralBlanks) {
  EXPECT_EQ(First("  0\t0  12 * *   * "), kStart + 12h);
}

TEST(CronFieldsTest, WantsSixFields) {
  EXPECT_EQ(CronFields::Parse("0 12 * * *").error().message,
            "a cron expression has 6 fields (seconds, minutes, hours, day-of-month, month, "
            "day-of-week), this one has 5: put a 0, for the seconds, in front of it");
  EXPECT_THAT(CronFields::Parse("0 0 12 * * * 2026").error().message,
              testing::EndsWith("this one has 7"));
  EXPECT_THAT(CronFields::Parse("").error().message, testing::EndsWith("this one has 0"));
}

struct WrongField {
  const char* text;
  const char* name;
};
class WrongFieldTest : public testing::TestWithParam<WrongField> {};

TEST_P(WrongFieldTest, IsNamed) {
  const auto fields = CronFields::Parse(GetParam().text);

  ASSERT_FALSE(fields);
  EXPECT_EQ(fields.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(fields.error().message,
              testing::StartsWith("the " + std::string(GetParam().name) + " field has "));
}

INSTANTIATE_TEST_SUITE_P(
    Each, WrongFieldTest,
    testing::Values(WrongField{"60 * * * * *", "seconds"}, WrongField{"0 60 * * * *", "minutes"},
                    WrongField{"0 0 24 * * *", "hours"}, WrongField{"0 0 0 32 * *", "day-of-month"},
                    WrongField{"0 0 0 0 * *", "day-of-month"}, WrongField{"0 0 0 1 13 *", "month"},
                    WrongField{"0 0 0 1 MON *", "month"}, WrongField{"0 0 0 1 ? *", "month"},
                    WrongField{"0 0 ? * * *", "hours"}, WrongField{"0 0 0 ? * 8", "day-of-week"},
                    WrongField{"0 0 0 ? * JAN", "day-of-week"},
                    WrongField{"0 0 0 ? * MON#2", "day-of-week"}));

}  // namespace
}  // namespace openfc::emulator
