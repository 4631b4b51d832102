#include "runtime/base/whole_write.h"

#include "runtime/base/unique_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>

namespace openfc {
namespace {

constexpr std::size_t kMoreThanAPipeHolds = 300'000;

class WholeWriteTest : public ::testing::Test {
 protected:
  WholeWriteTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    read_end_ = UniqueFd(ends[0]);
    write_end_ = UniqueFd(ends[1]);
  }

  std::string Read(std::size_t length) {
    std::string text(length, '\0');
    std::size_t done = 0;
    while (done < length) {
      const ssize_t got = ::read(read_end_.get(), text.data() + done, length - done);
      if (got <= 0) break;
      done += static_cast<std::size_t>(got);
    }
    text.resize(done);
    return text;
  }

  UniqueFd read_end_;
  UniqueFd write_end_;
};

TEST_F(WholeWriteTest, WritesAllOfItThroughAPipeThatIsTooSmall) {
  int result = -1;
  std::jthread writer(
      [&] { result = WriteWhole(write_end_.get(), std::string(kMoreThanAPipeHolds, 'a')); });

  EXPECT_EQ(Read(kMoreThanAPipeHolds), std::string(kMoreThanAPipeHolds, 'a'));
  writer.join();
  EXPECT_EQ(result, 0);
}

TEST_F(WholeWriteTest, WaitsForRoomAlsoWhenTheDescriptorDoesNotBlock) {
  ASSERT_EQ(::fcntl(write_end_.get(), F_SETFL, O_NONBLOCK), 0);
  const std::jthread writer(
      [&] { WriteWhole(write_end_.get(), std::string(kMoreThanAPipeHolds, 'a')); });

  EXPECT_EQ(Read(kMoreThanAPipeHolds).size(), kMoreThanAPipeHolds);
}

TEST_F(WholeWriteTest, KeepsTheWritesOfTwoThreadsApart) {
  const std::jthread one(
      [&] { WriteWhole(write_end_.get(), std::string(kMoreThanAPipeHolds, 'a')); });
  const std::jthread two(
      [&] { WriteWhole(write_end_.get(), std::string(kMoreThanAPipeHolds, 'b')); });

  const std::string text = Read(2 * kMoreThanAPipeHolds);

  EXPECT_EQ(text.find_first_not_of(text.front()), kMoreThanAPipeHolds);
  EXPECT_EQ(text.substr(kMoreThanAPipeHolds),
            std::string(kMoreThanAPipeHolds, text.front() == 'a' ? 'b' : 'a'));
}

TEST_F(WholeWriteTest, ShortLinesStayOutOfALongOneThatHasBegun) {
  constexpr std::size_t kLines = 200;
  const std::string line = std::string(60, 's') + "\n";
  const auto write_lines = [&] {
    for (std::size_t i = 0; i < kLines; ++i) WriteWhole(write_end_.get(), line);
  };
  const std::jthread longer(
      [&] { WriteWhole(write_end_.get(), std::string(kMoreThanAPipeHolds, 'a')); });
  EXPECT_EQ(Read(1), "a");
  const std::jthread one(write_lines);
  const std::jthread two(write_lines);

  EXPECT_EQ(Read(kMoreThanAPipeHolds - 1), std::string(kMoreThanAPipeHolds - 1, 'a'));
  std::string lines;
  for (std::size_t i = 0; i < 2 * kLines; ++i) lines += line;
  EXPECT_EQ(Read(lines.size()), lines);
}

TEST_F(WholeWriteTest, ALongOneWaitsForShortLinesThatHaveBegun) {
  constexpr std::size_t kLines = 2000;
  const auto write_lines = [&] {
    for (std::size_t i = 0; i < kLines; ++i) WriteWhole(write_end_.get(), "short\n");
  };
  const std::jthread one(write_lines);
  const std::jthread two(write_lines);
  const std::jthread longer(
      [&] { WriteWhole(write_end_.get(), std::string(kMoreThanAPipeHolds, 'a') + "\n"); });

  std::istringstream text(Read(2 * kLines * 6 + kMoreThanAPipeHolds + 1));

  std::size_t short_lines = 0;
  for (std::string line; std::getline(text, line);) short_lines += line == "short" ? 1 : 0;
  EXPECT_EQ(short_lines, 2 * kLines);
}

TEST_F(WholeWriteTest, AShortLineWaitsForRoomInAFullPipe) {
  ASSERT_EQ(::fcntl(write_end_.get(), F_SETFL, O_NONBLOCK), 0);
  std::size_t filled = 0;
  const std::string filling(512, 'f');
  while (::write(write_end_.get(), filling.data(), filling.size()) > 0) filled += filling.size();
  const std::jthread writer([&] { WriteWhole(write_end_.get(), "short"); });

  EXPECT_EQ(Read(filled + 5).substr(filled), "short");
}

TEST_F(WholeWriteTest, SaysWhyItFailed) { EXPECT_EQ(WriteWhole(-1, "x"), EBADF); }

TEST_F(WholeWriteTest, ChildrenForkedDuringWritesCanWrite) {
  // Nothing, a short line and a long one: in each of them another thread may be as this one forks.
  const UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  const std::string longer(kMoreThanAPipeHolds, 'l');
  const std::jthread writer([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      for (const std::string_view text : {"", "short", longer.c_str()}) {
        WriteWhole(nowhere.get(), text);
      }
    }
  });

  for (int i = 0; i < 50; ++i) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(WriteWhole(write_end_.get(), "c"));
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
  }
}

}  // namespace
}  // namespace openfc
