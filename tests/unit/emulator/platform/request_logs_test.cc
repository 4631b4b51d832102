#include "emulator/platform/request_logs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace openfc::emulator {
namespace {

using ::testing::EndsWith;
using ::testing::SizeIs;

class LogSorterTest : public ::testing::Test {
 protected:
  std::string LogOf(const std::string& id) const {
    const auto* const entry = logs_.Find(id);
    return entry == nullptr ? "<none>" : entry->text;
  }

  RequestLogs logs_{3};
  LogSorter sorter_{logs_};
};

TEST_F(LogSorterTest, GivesEverythingToTheOnlyRequestInFlight) {
  sorter_.Open("a");

  sorter_.Feed("FC Invoke Start RequestId: a\nplain\nFC Invoke End RequestId: a\n");

  EXPECT_EQ(LogOf("a"), "FC Invoke Start RequestId: a\nplain\nFC Invoke End RequestId: a\n");
  EXPECT_TRUE(logs_.Find("a")->has_begun);
  EXPECT_TRUE(logs_.Find("a")->has_ended);
}

TEST_F(LogSorterTest, TellsRequestsAtOnceApartByTheIdInTheLine) {
  sorter_.Open("a");
  sorter_.Open("b");

  sorter_.Feed(
      "FC Invoke Start RequestId: a\nFC Invoke Start RequestId: b\n"
      "2026-01-31T12:00:00.000Z b [INFO] of b\nanybody's\n2026-01-31T12:00:00.000Z a [INFO] of a\n"
      "FC Invoke End RequestId: b, Error: Unhandled function error\n");

  EXPECT_EQ(LogOf("a"), "FC Invoke Start RequestId: a\n2026-01-31T12:00:00.000Z a [INFO] of a\n");
  EXPECT_EQ(LogOf("b"),
            "FC Invoke Start RequestId: b\n2026-01-31T12:00:00.000Z b [INFO] of b\n"
            "FC Invoke End RequestId: b, Error: Unhandled function error\n");
  EXPECT_TRUE(logs_.Find("b")->has_ended);
  EXPECT_FALSE(logs_.Find("a")->has_ended);
}

TEST_F(LogSorterTest, TakesAnEndThatComesAfterTheRequestWasAnswered) {
  sorter_.Open("a");
  sorter_.Feed("FC Invoke Start RequestId: a\n");
  sorter_.Close("a");
  sorter_.Open("b");

  sorter_.Feed("FC Invoke End RequestId: a\n");

  EXPECT_TRUE(logs_.Find("a")->has_ended);
  EXPECT_EQ(LogOf("b"), "");
}

TEST_F(LogSorterTest, TakesLinesThatAreReadAfterTheRequestWasAnswered) {
  sorter_.Open("a");
  sorter_.Feed("FC Invoke Start RequestId: a\nFC Invoke End RequestId: a\n");
  sorter_.Close("a");
  sorter_.Open("b");
  sorter_.Close("b");

  sorter_.Feed("FC Invoke Start RequestId: b\nlate\nFC Invoke End RequestId: b\nnobody's\n");

  EXPECT_EQ(LogOf("b"), "FC Invoke Start RequestId: b\nlate\nFC Invoke End RequestId: b\n");
}

TEST_F(LogSorterTest, TakesNoLinesOfAnAnsweredRequestWhereNoMarksAreWritten) {
  sorter_.Open("a");
  sorter_.Feed("one\n");
  sorter_.Close("a");

  sorter_.Feed("two\n");

  EXPECT_EQ(LogOf("a"), "one\n");
}

TEST_F(LogSorterTest, DoesNotWaitForEverForAnEnd) {
  RequestLogs logs(1000);
  LogSorter sorter(logs);
  sorter.Open("a");
  sorter.Feed("FC Invoke Start RequestId: a\n");
  sorter.Close("a");
  for (int i = 0; i < 200; ++i) {
    sorter.Open(std::to_string(i));
    sorter.Close(std::to_string(i));
  }

  sorter.Feed("x a [INFO] too late\n");

  EXPECT_EQ(logs.Find("a")->text, "FC Invoke Start RequestId: a\n");
}

TEST_F(LogSorterTest, PutsLinesTogetherThatComeInPieces) {
  sorter_.Open("a");

  for (const char c : std::string("one\ntwo\nthree")) sorter_.Feed(std::string_view(&c, 1));

  EXPECT_EQ(LogOf("a"), "one\ntwo\n");
}

TEST_F(LogSorterTest, DoesNotWaitForTheEndOfALineThatHasNone) {
  sorter_.Open("a");

  sorter_.Feed(std::string(33UL * 1024, 'x'));

  EXPECT_THAT(LogOf("a"), SizeIs(33UL * 1024));
}

TEST_F(LogSorterTest, KeepsTheEndOfALongLog) {
  sorter_.Open("a");

  for (int i = 0; i < 10'000; ++i) sorter_.Feed("line " + std::to_string(i) + "\n");

  EXPECT_LE(LogOf("a").size(), 64UL * 1024);
  EXPECT_GE(LogOf("a").size(), 32UL * 1024 - 20);
  EXPECT_THAT(LogOf("a"), EndsWith("line 9998\nline 9999\n"));
  EXPECT_TRUE(logs_.Find("a")->is_cut);
}

TEST_F(LogSorterTest, GivesLinesToNobodyWhileNobodyIsInFlight) {
  sorter_.Feed("FunctionCompute python3 runtime inited.\nFC Invoke End RequestId: unknown\n");
  sorter_.Open("a");

  EXPECT_EQ(LogOf("a"), "");
  EXPECT_EQ(LogOf("unknown"), "<none>");
}

TEST_F(LogSorterTest, IsNotMisledByLinesThatOnlyLookLikeMarks) {
  sorter_.Open("a");
  sorter_.Open("b");

  sorter_.Feed("FC Start RequestId: \nFC x Stop RequestId: a\nFC Invoke Start\nx a\nx  y\n");

  EXPECT_EQ(LogOf("a"), "");
  EXPECT_EQ(LogOf("b"), "");
  EXPECT_FALSE(logs_.Find("a")->has_begun);
}

TEST(RequestLogsTest, ForgetTheOldestRequest) {
  RequestLogs logs(2);
  logs.Begin("a").text = "1";
  logs.Begin("b").text = "2";
  logs.Begin("a").text += "+";
  logs.Begin("c");

  EXPECT_EQ(logs.Find("a"), nullptr);
  EXPECT_EQ(logs.Find("b")->text, "2");
  EXPECT_NE(logs.Find("c"), nullptr);
}

}  // namespace
}  // namespace openfc::emulator
