#include "emulator/signature/signing_date.h"

#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""y;

const auto kPoint = std::chrono::sys_days(2026y / 11 / 29) + 3h + 4min + 5s;

TEST(SigningDateTest, ReadsBothForms) {
  EXPECT_EQ(ParseHttpDate("Sun, 29 Nov 2026 03:04:05 GMT"), kPoint);
  EXPECT_EQ(ParseAcsDate("2026-11-29T03:04:05Z"), kPoint);
  EXPECT_EQ(ParseHttpDate("Thu, 29 Feb 2024 23:59:59 GMT"),
            std::chrono::sys_days(2024y / 3 / 1) - 1s);
}

class NoHttpDateTest : public testing::TestWithParam<const char*> {};

TEST_P(NoHttpDateTest, IsNothing) { EXPECT_FALSE(ParseHttpDate(GetParam())); }

INSTANTIATE_TEST_SUITE_P(
    Some, NoHttpDateTest,
    testing::Values("", "Sun", "Sun, 29 Nov 2026 03:04:05", "Sun, 29 Nov 2026 03:04:05 UTC",
                    "Sun, 29 Nov 2026 03:04:05 GMT ", "sun, 29 Nov 2026 03:04:05 GMT",
                    "Sun, 31 Nov 2026 03:04:05 GMT", "Sun, 29 Nvo 2026 03:04:05 GMT",
                    "Sun, 29 Nov 2026 24:04:05 GMT", "Sun, 29 Nov 2026 03:60:05 GMT",
                    "Sun, 29 Nov 2026 03:04:61 GMT", "Sun, 9 Nov 2026 03:04:05 GMT",
                    "Sun, 29 Nov -026 03:04:05 GMT", "Sunday, 29-Nov-26 03:04:05 GMT"));

class NoAcsDateTest : public testing::TestWithParam<const char*> {};

TEST_P(NoAcsDateTest, IsNothing) { EXPECT_FALSE(ParseAcsDate(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Some, NoAcsDateTest,
                         testing::Values("", "2026-11-29", "2026-11-29T03:04:05",
                                         "2026-11-29 03:04:05Z", "2026-11-29T03:04:05ZZ",
                                         "2026-13-29T03:04:05Z", "2026-02-29T03:04:05Z",
                                         "2026-11-29T03:04:05+08:00", "20261129T030405Z",
                                         "2026-11-29T03:04:05.000Z"));

}  // namespace
}  // namespace openfc::emulator
