#include "emulator/state/log_line.h"

#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

TEST(LogLineTest, TellsTheTimeInUtcWithMilliseconds) {
  EXPECT_EQ(WriteLogTime(system_clock::time_point(milliseconds(1769860800007))),
            "2026-01-31T12:00:00.007Z");
}

TEST(LogLineTest, ReadsWhatWasWritten) {
  std::string written;
  AppendLogLine({.time = "2026-01-31T12:00:00.007Z", .instance = "i-1", .text = " two  words "},
                written);

  ASSERT_EQ(written, "2026-01-31T12:00:00.007Z i-1  two  words \n");
  const auto read = ReadLogLine(std::string_view(written).substr(0, written.size() - 1));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->time, "2026-01-31T12:00:00.007Z");
  EXPECT_EQ(read->instance, "i-1");
  EXPECT_EQ(read->text, " two  words ");
}

TEST(LogLineTest, ReadsAnEmptyLine) {
  EXPECT_EQ(ReadLogLine("2026-01-31T12:00:00.007Z i-1 ")->text, "");
}

TEST(LogLineTest, IsNotAnyText) {
  for (const char* const text : {"", "word", "two words", "2026-01-31T12:00:00.007Z",
                                 "2026 i-1 text", "2026-01-31T12:00:00.007Z  text"}) {
    EXPECT_FALSE(ReadLogLine(text)) << text;
  }
}

}  // namespace
}  // namespace openfc::emulator
