#include "emulator/schedule/cron_field.h"

#include <gmock/gmock.h>

#include <array>
#include <string>
#include <vector>

namespace openfc::emulator {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr std::array<std::string_view, 7> kDays = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
constexpr CronFieldKind kMinutes = {.name = "minutes"};
constexpr CronFieldKind kDate = {
    .name = "day-of-month", .lowest = 1, .highest = 31, .takes_question_mark = true};
constexpr CronFieldKind kWeek = {
    .name = "day-of-week", .highest = 7, .names = kDays, .takes_question_mark = true};

std::vector<unsigned> ValuesOf(const CronFieldKind& kind, std::string_view text) {
  const auto field = ParseCronField(kind, text);
  EXPECT_TRUE(field) << field.error().message;
  std::vector<unsigned> values;
  for (unsigned value = 0; field && value < 64; ++value) {
    if (field->Has(value)) values.push_back(value);
  }
  return values;
}

std::string WrongIn(const CronFieldKind& kind, std::string_view text) {
  const auto field = ParseCronField(kind, text);
  return field ? "none" : field.error().message;
}

TEST(CronFieldTest, TakesNumbersListsRangesAndSteps) {
  EXPECT_THAT(ValuesOf(kMinutes, "0"), ElementsAre(0));
  EXPECT_THAT(ValuesOf(kMinutes, "59"), ElementsAre(59));
  EXPECT_THAT(ValuesOf(kMinutes, "07"), ElementsAre(7));
  EXPECT_THAT(ValuesOf(kMinutes, "5,1,9,5"), ElementsAre(1, 5, 9));
  EXPECT_THAT(ValuesOf(kMinutes, "3-6"), ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(ValuesOf(kMinutes, "4-4"), ElementsAre(4));
  EXPECT_THAT(ValuesOf(kMinutes, "*/20"), ElementsAre(0, 20, 40));
  EXPECT_THAT(ValuesOf(kMinutes, "50/3"), ElementsAre(50, 53, 56, 59));
  EXPECT_THAT(ValuesOf(kMinutes, "10-20/4"), ElementsAre(10, 14, 18));
  EXPECT_THAT(ValuesOf(kMinutes, "1,10-12,58/1"), ElementsAre(1, 10, 11, 12, 58, 59));
  EXPECT_THAT(ValuesOf(kMinutes, "*/4000000000"), ElementsAre(0));
}

TEST(CronFieldTest, TakesAllValuesOfItsKind) {
  EXPECT_THAT(ValuesOf(kMinutes, "*"), SizeIs(60));
  EXPECT_THAT(ValuesOf(kDate, "*"), SizeIs(31));
  EXPECT_THAT(ValuesOf(kDate, "?"), SizeIs(31));
}

TEST(CronFieldTest, KnowsWhetherItSaysAnything) {
  EXPECT_TRUE(ParseCronField(kDate, "*")->is_every);
  EXPECT_TRUE(ParseCronField(kDate, "?")->is_every);
  EXPECT_TRUE(ParseCronField(kDate, "*/1")->is_every);
  EXPECT_FALSE(ParseCronField(kDate, "*/2")->is_every);
  EXPECT_FALSE(ParseCronField(kDate, "1-31")->is_every);
}

TEST(CronFieldTest, TakesNamesInAnyCase) {
  EXPECT_THAT(ValuesOf(kWeek, "MON,wed,Fri"), ElementsAre(1, 3, 5));
  EXPECT_THAT(ValuesOf(kWeek, "tue-4"), ElementsAre(2, 3, 4));
}

TEST(CronFieldTest, LetsAWeekBeginOrEndOnSunday) {
  EXPECT_THAT(ValuesOf(kWeek, "SUN-TUE"), ElementsAre(0, 1, 2));
  EXPECT_THAT(ValuesOf(kWeek, "SAT-SUN"), ElementsAre(6, 7));
  EXPECT_THAT(ValuesOf(kWeek, "MON-SUN"), SizeIs(7));
  EXPECT_THAT(ValuesOf(kWeek, "6-7"), ElementsAre(6, 7));
  EXPECT_THAT(ValuesOf(kWeek, "SUN-SUN"), ElementsAre(0));
}

TEST(CronFieldTest, NamesItselfAndWhatIsWrong) {
  EXPECT_EQ(WrongIn(kMinutes, "60"), "the minutes field has 60, it goes from 0 to 59");
  EXPECT_EQ(WrongIn(kDate, "0"), "the day-of-month field has 0, it goes from 1 to 31");
  EXPECT_EQ(WrongIn(kDate, "32"), "the day-of-month field has 32, it goes from 1 to 31");
  EXPECT_EQ(WrongIn(kWeek, "8"), "the day-of-week field has 8, it goes from 0 to 7");
  EXPECT_EQ(WrongIn(kMinutes, "9-3"), "the minutes field has '9-3', which runs backwards");
  EXPECT_EQ(WrongIn(kWeek, "FRI-MON"), "the day-of-week field has 'FRI-MON', which runs backwards");
  EXPECT_EQ(WrongIn(kMinutes, "?"),
            "the minutes field has ?, which only the two fields of days take");
}

class NoValueTest : public testing::TestWithParam<std::string_view> {};

TEST_P(NoValueTest, IsRefused) {
  const auto field = ParseCronField(kMinutes, GetParam());

  ASSERT_FALSE(field);
  EXPECT_EQ(field.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(field.error().message, testing::StartsWith("the minutes field has "));
}

INSTANTIATE_TEST_SUITE_P(Some, NoValueTest,
                         testing::Values("", ",", "1,", ",1", "-", "-1", "1-", "1--2", "1-2-3", "x",
                                         "MON", "1.5", "+1", "0x1", "1e1", "**", "*1", "1*", "*-5",
                                         "99999999999999999999", "/", "*/", "/5", "*/0", "*/-1",
                                         "*/x", "1/2/3", "5-9/0"));

TEST(CronFieldTest, SaysThatThePlatformKnowsNoQuartzWords) {
  EXPECT_EQ(WrongIn(kDate, "L"),
            "the day-of-month field has 'L': L, W and # are not known to Function Compute");
  for (const auto* text : {"LW", "15W", "L-3", "6L", "6#3"}) {
    EXPECT_THAT(WrongIn(kDate, text), testing::HasSubstr("are not known to Function Compute"));
  }
}

}  // namespace
}  // namespace openfc::emulator
