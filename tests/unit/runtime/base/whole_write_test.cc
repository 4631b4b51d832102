#include "runtime/base/whole_write.h"

#include "runtime/base/unique_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
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

TEST_F(WholeWriteTest, SaysWhyItFailed) { EXPECT_EQ(WriteWhole(-1, "x"), EBADF); }

TEST_F(WholeWriteTest, ChildrenForkedDuringWritesCanWrite) {
  const std::jthread writer([&](std::stop_token stop) {
    while (!stop.stop_requested()) WriteWhole(write_end_.get(), "");
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
