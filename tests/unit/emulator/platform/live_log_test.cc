#include "emulator/platform/live_log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>

namespace openfc::emulator {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

class LiveLogTest : public ::testing::Test {
 protected:
  LiveLogTest() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_NONBLOCK) != 0) throw std::runtime_error("pipe");
    reading_ = UniqueFd(ends[0]);
    writing_ = UniqueFd(ends[1]);
    log_ = std::make_unique<LiveLog>(*loop_, writing_.get());
  }

  std::string ReadShown() const {
    std::string shown;
    std::array<char, 65536> buffer;
    ssize_t count = 0;
    while ((count = ::read(reading_.get(), buffer.data(), buffer.size())) > 0) {
      shown.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return shown;
  }

  /// Until everything that waits was shown.
  std::string ReadAll() {
    const UniqueFd readiness = *loop_->Readiness();
    std::string shown;
    for (;;) {
      shown += ReadShown();
      pollfd entry{.fd = readiness.get(), .events = POLLIN, .revents = 0};
      if (shown.ends_with("last\n") || ::poll(&entry, 1, 20000) != 1) return shown;
      loop_->Turn();
    }
  }

  const std::unique_ptr<PlatformLoop> loop_ = *PlatformLoop::Make();
  UniqueFd reading_;
  UniqueFd writing_;
  std::unique_ptr<LiveLog> log_;
};

TEST_F(LiveLogTest, ShowsWholeLinesWithTheirFunction) {
  log_->Add("f", "i-1", "one\ntw");
  log_->Add("g", "i-2", "other\n");
  log_->Add("f", "i-1", "o\n");

  EXPECT_EQ(ReadShown(), "[f] one\n[g] other\n[f] two\n");
}

TEST_F(LiveLogTest, ShowsNoNameWhereThereIsNone) {
  log_->Add("", "i-1", "one\n");

  EXPECT_EQ(ReadShown(), "one\n");
}

TEST_F(LiveLogTest, EndsALineWhoseSourceIsGone) {
  log_->Add("f", "i-1", "unfinished");
  log_->End("f", "i-1");
  log_->End("f", "i-1");

  EXPECT_EQ(ReadShown(), "[f] unfinished\n");
}

TEST_F(LiveLogTest, LeavesLinesOutThatASlowReaderDoesNotTake) {
  const std::string line(1000, 'x');
  for (int i = 0; i < 5000; ++i) log_->Add("f", "i-1", line + "\n");
  const std::string first = ReadShown();
  EXPECT_THAT(first, StartsWith("[f] xxx"));
  while (!ReadShown().empty()) loop_->Turn();
  while (log_->IsBehind()) {
    pollfd nothing{};
    ::poll(&nothing, 0, 1);
    loop_->Turn();
    (void)ReadShown();
  }

  log_->Add("f", "i-1", "last\n");

  EXPECT_THAT(ReadAll(), MatchesRegex("fclocal: [0-9]+ lines left out\n\\[f\\] last\n"));
}

TEST_F(LiveLogTest, GivesUpOnAReaderThatHasGone) {
  (void)::signal(SIGPIPE, SIG_IGN);
  reading_.Reset();

  log_->Add("f", "i-1", "one\n");

  EXPECT_FALSE(log_->IsBehind());
}

TEST(SilentLogTest, ShowsNothing) {
  const auto loop = *PlatformLoop::Make();
  LiveLog log(*loop, -1);

  log.Add("f", "i-1", "one\n");

  EXPECT_FALSE(log.IsBehind());
}

}  // namespace
}  // namespace openfc::emulator
