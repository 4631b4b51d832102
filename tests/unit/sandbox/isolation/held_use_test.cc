#include "sandbox/isolation/held_use.h"

#include "sandbox/isolation/seccomp_filter.h"
#include "tests/fakes/temp_dir.h"
#include "tests/unit/sandbox/isolation/holder.h"
#include "tests/unit/sandbox/isolation/in_child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;
using testing::TempDir;

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kLongest = 64 * kMiB;
constexpr uid_t kSomebody = 65534;

class HeldUseTest : public ::testing::Test {
 protected:
  HeldUseTest() : folder_(fs::canonical(state_.path()).string()) {}

  /// A megabyte in a file that has lost its name.
  int MakeNameless() const {
    const std::string name = folder_ + "/nameless";
    const int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    const std::vector<char> bytes(kMiB, 'x');
    if (::write(file, bytes.data(), bytes.size()) != kMiB) ::_exit(1);
    ::unlink(name.c_str());
    return file;
  }

  HeldUse Measure(const std::vector<pid_t>& processes) const {
    return MeasureHeld(processes, folder_, kLongest);
  }
  std::int64_t FileBytes(const Holder& holder) const { return Measure({holder.pid()}).file_bytes; }

  TempDir state_;
  std::string folder_;
};

TEST_F(HeldUseTest, CountsOpenFilesThatHaveLostTheirNames) {
  const Holder holder([this] {
    MakeNameless();
    MakeNameless();
    (void)::open((folder_ + "/named").c_str(), O_RDWR | O_CREAT, 0600);
  });

  EXPECT_GE(FileBytes(holder), 2 * kMiB);
  EXPECT_LT(FileBytes(holder), 3 * kMiB);
}

TEST_F(HeldUseTest, CountsAFileOnceWhoeverHasIt) {
  const int file = MakeNameless();
  const Holder one([file] { (void)::dup(file); });
  const Holder other([file] { (void)::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file, 0); });
  ::close(file);

  const std::int64_t bytes = Measure({one.pid(), other.pid()}).file_bytes;

  EXPECT_GE(bytes, kMiB);
  EXPECT_LT(bytes, 2 * kMiB);
}

TEST_F(HeldUseTest, CountsFilesThatAreMappedAndNotOpen) {
  const Holder holder([this] {
    const int file = MakeNameless();
    (void)::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
  });

  EXPECT_GE(FileBytes(holder), kMiB) << "or the longest, where its size is not to be seen";
}

TEST_F(HeldUseTest, CountsTheLongestFileWhereASizeIsNotToBeSeen) {
  if (::getuid() != 0) GTEST_SKIP() << "becomes another user: needs root";
  ASSERT_EQ(::chmod(folder_.c_str(), 0777), 0);
  const auto is_longest = [this] {
    if (::setuid(kSomebody) != 0 || ::prctl(PR_SET_DUMPABLE, 1) != 0) return 2;
    const Holder holder([this] {
      for (int i = 0; i < 2; ++i) {
        const int file = MakeNameless();
        (void)::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file, 0);
        ::close(file);
      }
    });
    return FileBytes(holder) == 2 * kLongest ? 0 : 1;
  };

  EXPECT_EQ(InChild(is_longest), 0);
}

TEST_F(HeldUseTest, CountsAProgramThatHasLostItsName) {
  const std::string program = folder_ + "/program";
  fs::copy_file("/bin/sleep", program);
  const auto size = static_cast<std::int64_t>(fs::file_size(program));
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl(program.c_str(), "program", "1000", nullptr);
    ::_exit(1);
  }
  ::close(ends[1]);
  char byte = 0;
  ASSERT_EQ(::read(ends[0], &byte, 1), 0) << "the program has begun";
  ::close(ends[0]);
  fs::remove(program);

  EXPECT_GE(Measure({child}).file_bytes, size);

  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_F(HeldUseTest, LeavesOutWhatLiesElsewhere) {
  const TempDir elsewhere;
  const Holder holder([&] {
    const std::string name = (elsewhere.path() / "file").string();
    const int file = ::open(name.c_str(), O_RDWR | O_CREAT, 0600);
    (void)!::write(file, "x", 1);
    (void)::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file, 0);
    ::unlink(name.c_str());
    const int memory = ::memfd_create("memory", 0);
    (void)!::write(memory, "x", 1);
  });

  EXPECT_EQ(FileBytes(holder), 0);
}

TEST_F(HeldUseTest, FindsAFileWhoseNameWasTooLongToTell) {
  const Holder holder([this] {
    if (::chdir(folder_.c_str()) != 0) ::_exit(1);
    const std::string name(200, 'd');
    for (int depth = 0; depth < 30; ++depth) {
      if (::mkdir(name.c_str(), 0700) != 0 || ::chdir(name.c_str()) != 0) ::_exit(1);
    }
    const int file = ::open("f", O_RDWR | O_CREAT, 0600);
    if (::ftruncate(file, kMiB) != 0 || ::posix_fallocate(file, 0, kMiB) != 0) ::_exit(1);
    ::unlink("f");
  });

  EXPECT_GE(FileBytes(holder), kMiB);
}

TEST_F(HeldUseTest, CountsWhatPipesAndSocketsMayHold) {
  constexpr std::int64_t kPipe = 64 << 10;
  const Holder none([] {});
  const Holder some([] {
    int ends[2];
    for (int i = 0; i < 3; ++i) (void)!::pipe(ends);
    (void)::socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  });

  const std::int64_t more = Measure({some.pid()}).kernel_bytes - Measure({none.pid()}).kernel_bytes;

  EXPECT_GE(more, 3 * kPipe + 2 * kPipe) << "a socket has more than a pipe";
}

TEST_F(HeldUseTest, CountsSharedMappingsOfWhichNothingIsMappedAnyMore) {
  const auto share = [] {
    void* memory = ::mmap(nullptr, kMiB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    std::fill_n(static_cast<char*>(memory), kMiB, 'x');
    (void)::madvise(memory, kMiB, MADV_DONTNEED);
  };
  const Holder none([] {});
  const Holder two([&] {
    share();
    share();
  });

  EXPECT_EQ(Measure({two.pid()}).kernel_bytes - Measure({none.pid()}).kernel_bytes,
            2 * kLongestSharedMapping);
}

TEST_F(HeldUseTest, TellsThatAProcessHidesItself) {
  if (::getuid() != 0) GTEST_SKIP() << "becomes another user: needs root";
  const auto hides = [this](int is_dumpable) {
    return InChild([&] {
      if (::setuid(kSomebody) != 0 || ::prctl(PR_SET_DUMPABLE, 1) != 0) return 2;
      const Holder holder([=] { ::prctl(PR_SET_DUMPABLE, is_dumpable); });
      return Measure({holder.pid()}).has_hidden ? 1 : 0;
    });
  };

  EXPECT_EQ(hides(0), 1);
  EXPECT_EQ(hides(1), 0);
}

TEST_F(HeldUseTest, KnowsThatTheDeadHoldNothing) {
  const pid_t dead = ::fork();
  if (dead == 0) ::_exit(0);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(dead), &info, WEXITED | WNOWAIT);

  const HeldUse use = Measure({dead});

  EXPECT_EQ(use.file_bytes, 0);
  EXPECT_EQ(use.kernel_bytes, 0);
  EXPECT_FALSE(use.has_hidden);
  ::waitpid(dead, nullptr, 0);
  EXPECT_FALSE(Measure({dead}).has_hidden);
}

}  // namespace
}  // namespace openfc::sandbox
