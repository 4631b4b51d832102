#include "runtime/base/log.h"

#include "runtime/base/unique_fd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

namespace openfc {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

TEST(FrameRecordTest, PutsMagicAndBigEndianLengthBeforeTheText) {
  EXPECT_EQ(FrameRecord("hi\n"), std::string("\xed\xdb\xac\x9b\x00\x00\x00\x03hi\n", 11));
}

TEST(FrameRecordTest, CutsARecordOver128KiBAndKeepsANewlineAtItsEnd) {
  const std::string text(200'000, 'x');

  const std::string frame = FrameRecord(text);

  EXPECT_EQ(frame.size(), 8U + 128 * 1024);
  EXPECT_EQ(frame.substr(4, 4), std::string("\x00\x02\x00\x00", 4));
  EXPECT_EQ(frame.back(), '\n');
}

TEST(FrameRecordTest, LeavesARecordOfExactly128KiBWhole) {
  const std::string text(128 * 1024, 'x');

  EXPECT_EQ(FrameRecord(text).back(), 'x');
}

class LogTest : public ::testing::Test {
 protected:
  LogTest() : saved_(spdlog::default_logger()) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    read_end_ = UniqueFd(ends[0]);
    write_end_ = UniqueFd(ends[1]);
  }
  ~LogTest() override { spdlog::set_default_logger(saved_); }

  std::string ReadAll() {
    write_end_.Reset();
    std::string text(64 * 1024, '\0');
    text.resize(static_cast<std::size_t>(::read(read_end_.get(), text.data(), text.size())));
    return text;
  }

  std::shared_ptr<spdlog::logger> saved_;
  UniqueFd read_end_;
  UniqueFd write_end_;
};

TEST_F(LogTest, FramesItsLinesOnTheDescriptorOfThePlatform) {
  InitLog({.program = "bootstrap", .frame_fd = write_end_.get()});

  LogWarn("next_failed attempts={}", 3);

  const std::string text = ReadAll();
  EXPECT_THAT(text, StartsWith("\xed\xdb\xac\x9b"));
  EXPECT_THAT(text.substr(8), MatchesRegex("[0-9T:.-]+Z \\[warning\\] bootstrap: next_failed "
                                           "attempts=3\n"));
}

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel) {
  InitLog({.program = "bootstrap", .level = spdlog::level::warn, .frame_fd = write_end_.get()});

  LogInfo("quiet");
  LogDebug("quieter");
  LogError("loud");

  const std::string text = ReadAll();
  EXPECT_THAT(text, HasSubstr("loud"));
  EXPECT_THAT(text, Not(HasSubstr("quiet")));
}

}  // namespace
}  // namespace openfc
