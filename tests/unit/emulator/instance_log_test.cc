#include "emulator/instance_log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

namespace openfc::emulator {
namespace {

using ::testing::EndsWith;

struct TestPipe {
  TestPipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("no pipe");
    reading.Reset(ends[0]);
    writing.Reset(ends[1]);
  }
  /// False when the pipe is full.
  bool Write(std::string_view text) const {
    return ::write(writing.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  }
  std::string ReadAll() const {
    std::string all;
    std::array<char, 65536> buffer;
    for (ssize_t count = 1; count > 0;) {
      count = ::read(reading.get(), buffer.data(), buffer.size());
      if (count > 0) all.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return all;
  }
  UniqueFd reading;
  UniqueFd writing;
};

class InstanceLogTest : public ::testing::Test {
 protected:
  InstanceLog MakeLog(std::size_t kept_bytes = 1000) {
    return InstanceLog(std::move(instance_.reading),
                       {.live_fd = terminal_.writing.get(), .kept_bytes = kept_bytes});
  }
  static void ShowAll(InstanceLog& log) {
    while (log.WritingFd() >= 0) log.Show();
  }

  TestPipe instance_;
  TestPipe terminal_;
};

TEST_F(InstanceLogTest, ShowsWhatComesAndKeepsIt) {
  InstanceLog log = MakeLog();
  EXPECT_EQ(log.WritingFd(), -1);

  instance_.Write("one\ntwo\n");
  log.Read();
  EXPECT_EQ(log.WritingFd(), terminal_.writing.get());
  ShowAll(log);

  EXPECT_EQ(terminal_.ReadAll(), "one\ntwo\n");
  EXPECT_EQ(log.kept(), "one\ntwo\n");
  EXPECT_FALSE(log.IsCut());
}

TEST_F(InstanceLogTest, PutsItsOwnLinesOnLinesOfTheirOwn) {
  InstanceLog log = MakeLog();

  log.AddLine("begin");
  instance_.Write("no newline");
  log.Read();
  log.AddLine("end");
  ShowAll(log);

  EXPECT_EQ(terminal_.ReadAll(), "begin\nno newline\nend\n");
  EXPECT_EQ(log.kept(), "no newline");
}

TEST_F(InstanceLogTest, ReadsWhatIsThereAndDoesNotWait) {
  InstanceLog log = MakeLog(200'000);
  const std::string text(60'000, 'x');
  instance_.Write(text);

  log.ReadWhatIsThere();
  log.ReadWhatIsThere();

  EXPECT_EQ(log.kept(), text);
}

TEST_F(InstanceLogTest, IsAtItsEndWhenNobodyCanWrite) {
  InstanceLog log = MakeLog();
  instance_.Write("last words");
  instance_.writing.Reset();

  log.Read();
  EXPECT_GE(log.ReadingFd(), 0);
  log.Read();

  EXPECT_EQ(log.ReadingFd(), -1);
  log.ReadWhatIsThere();
  EXPECT_EQ(log.kept(), "last words");
}

TEST_F(InstanceLogTest, KeepsTheEndOfALongLog) {
  InstanceLog log = MakeLog(100);
  for (int i = 0; i < 100; ++i) {
    instance_.Write(std::string(10'000, 'x') + std::to_string(i));
    log.Read();
    ShowAll(log);
    terminal_.ReadAll();
  }

  EXPECT_TRUE(log.IsCut());
  EXPECT_GE(log.kept().size(), 100U);
  EXPECT_LE(log.kept().size(), 200'000U);
  EXPECT_THAT(log.kept(), EndsWith("x99"));
}

TEST_F(InstanceLogTest, ReadsNoMoreWhileNobodyLooks) {
  InstanceLog log = MakeLog();
  std::size_t written = 0;
  while (log.ReadingFd() >= 0) {
    instance_.Write(std::string(60'000, 'x'));
    log.Read();
    written += 60'000;
    ASSERT_LT(written, 10'000'000U);
  }

  std::size_t shown = 0;
  while (log.WritingFd() >= 0) {
    log.Show();
    shown += terminal_.ReadAll().size();
  }

  EXPECT_EQ(shown, written);
  EXPECT_GE(log.ReadingFd(), 0);
}

TEST_F(InstanceLogTest, GoesOnUnseenWhenTheReaderLeaves) {
  InstanceLog log = MakeLog();
  ::signal(SIGPIPE, SIG_IGN);
  terminal_.reading.Reset();
  instance_.Write("one");
  log.Read();

  log.Show();
  instance_.Write(" two");
  log.Read();

  EXPECT_EQ(log.WritingFd(), -1);
  EXPECT_EQ(log.kept(), "one two");
}

TEST_F(InstanceLogTest, NamesTheLastLine) {
  InstanceLog log = MakeLog();
  EXPECT_EQ(log.LastLine(), "");

  instance_.Write("first\nlast line\n\n");
  log.Read();

  EXPECT_EQ(log.LastLine(), "last line");
}

TEST_F(InstanceLogTest, ShowsNothingWhereNothingIsWanted) {
  InstanceLog log(std::move(instance_.reading), {});
  instance_.Write("text");

  log.Read();
  log.AddLine("mark");

  EXPECT_EQ(log.WritingFd(), -1);
  EXPECT_EQ(log.kept(), "text");
}

}  // namespace
}  // namespace openfc::emulator
