#include "sandbox/isolation/run_place.h"

#include "runtime/process/proc_files.h"
#include "tests/fakes/temp_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;
using ::testing::SizeIs;
using testing::TempDir;

std::vector<fs::path> Entries(const fs::path& folder) {
  std::vector<fs::path> all;
  for (const auto& entry : fs::directory_iterator(folder)) all.push_back(entry.path());
  return all;
}

class RunPlaceTest : public ::testing::Test {
 protected:
  RunPlaceTest() : plan_{.profile = Profile::kNone} {
    premises_ = {.plan = &plan_,
                 .runs_folder = MakeRunsFolder(state_.path().string()).value(),
                 .read_paths = {}};
  }

  TempDir state_;
  Plan plan_;
  Premises premises_;
};

TEST_F(RunPlaceTest, HasAFolderWithANameThatNobodyGuesses) {
  auto place = RunPlace::Prepare(premises_).value();
  ASSERT_TRUE(place->Furnish({}));

  const auto folders = Entries(premises_.runs_folder);
  ASSERT_THAT(folders, SizeIs(1));
  EXPECT_EQ(place->home(), folders[0].string());
  EXPECT_GE(folders[0].filename().string().size(), 32U);
  struct stat about {};
  ASSERT_EQ(::stat(premises_.runs_folder.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0711U);

  place.reset();

  EXPECT_THAT(Entries(premises_.runs_folder), SizeIs(0));
}

TEST_F(RunPlaceTest, LeavesAWorkspaceWhereItIs) {
  const TempDir workspace;
  auto place = RunPlace::Prepare(premises_).value();
  ASSERT_TRUE(place->Furnish({.limits = {}, .workspace = workspace.path().string()}));
  EXPECT_EQ(place->home(), workspace.path().string());

  place.reset();

  EXPECT_TRUE(fs::exists(workspace.path()));
}

TEST_F(RunPlaceTest, IsEmptyOnceItsProcessesAreKilledAndReaped) {
  auto place = RunPlace::Prepare(premises_).value();
  ASSERT_TRUE(place->Furnish({}));
  ASSERT_TRUE(place->BeginForking());
  const pid_t child = ::fork();
  if (child == 0) {
    int report = STDERR_FILENO;
    if (EnterWalls(place->entry(), report).step != EntryStep::kDone) ::_exit(1);
    while (true) ::pause();
  }
  place->EndForking(child);
  ::setpgid(child, child);  // As it does itself, at some time.
  EXPECT_FALSE(place->IsEmpty());

  place->Kill();
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  place->NoteReaped(child);

  EXPECT_TRUE(place->IsEmpty());
  EXPECT_TRUE(WIFSIGNALED(status));
}

constexpr int kReport = kResultFd + 1;  // As an entry keeps it.

/// What is measured of a place whose run has called something behind its walls.
template <typename Begin>
Use UseOf(RunPlace& place, Begin begin) {
  std::array<int, 2> ready{};
  EXPECT_EQ(::pipe2(ready.data(), O_CLOEXEC), 0);
  EXPECT_TRUE(place.BeginForking());
  const pid_t child = ::fork();
  if (child == 0) {
    int report = ready[1];
    if (EnterWalls(place.entry(), report).step != EntryStep::kDone) ::_exit(1);
    begin();
    ::close(report);
    while (true) ::pause();
  }
  place.EndForking(child);
  ::close(ready[1]);
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 0);
  ::close(ready[0]);
  const Use use = place.Measure();
  place.Kill();
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "it has not come in";
  place.NoteReaped(child);
  return use;
}

constexpr std::int64_t kMegabyte = 1 << 20;

/// A megabyte in a file of the working folder, which loses its name.
void HoldNameless() {
  const int file = ::open("f", O_RDWR | O_CREAT, 0600);
  if (::posix_fallocate(file, 0, kMegabyte) != 0) ::_exit(1);
  ::unlink("f");
}

TEST_F(RunPlaceTest, CountsFilesThatAreThereAndThoseThatHaveLostTheirNames) {
  auto place = RunPlace::Prepare(premises_).value();
  ASSERT_TRUE(place->Furnish({}));

  const auto use = UseOf(*place, [] {
    HoldNameless();
    const int file = ::open("named", O_RDWR | O_CREAT, 0600);
    if (::posix_fallocate(file, 0, kMegabyte) != 0) ::_exit(1);
    ::close(file);
  });

  EXPECT_GE(use.disk_bytes, 2 * kMegabyte);
  EXPECT_LT(use.disk_bytes, 3 * kMegabyte);
}

TEST_F(RunPlaceTest, FindsWhatIsHeldThroughALinkToItsFolder) {
  const TempDir workspace;
  const std::string link = (state_.path() / "link").string();
  fs::create_directory_symlink(workspace.path(), link);
  auto place = RunPlace::Prepare(premises_).value();
  ASSERT_TRUE(place->Furnish({.limits = {}, .workspace = link}));

  EXPECT_GE(UseOf(*place, &HoldNameless).disk_bytes, kMegabyte);
}

TEST_F(RunPlaceTest, CountsMemoryBehindAFirstThreadThatHasEnded) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer starts no thread below a limit of address space";
#endif
  constexpr std::int64_t kHeld = 64 * kMegabyte;
  auto place = RunPlace::Prepare(premises_).value();
  ASSERT_TRUE(place->Furnish({}));
  const auto hold = [](void*) -> void* {
    void* memory =
        ::mmap(nullptr, kHeld, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::fill_n(static_cast<char*>(memory), kHeld, 'x');
    while (ReadProcess(::getpid())->is_alive) ::sched_yield();
    ::close(kReport);
    while (true) ::pause();
  };

  const auto use = UseOf(*place, [&] {
    pthread_t other{};
    ::pthread_create(&other, nullptr, hold, nullptr);
    ::syscall(SYS_exit, 0);
  });

  EXPECT_GE(use.memory_bytes, kHeld);
}

/// In a world of its own a process may leave its group.
TEST_F(RunPlaceTest, FindsInAWorldWhoeverHoldsFilesOfAWorkspace) {
  if (::getuid() != 0) GTEST_SKIP() << "makes namespaces: needs root";
  const TempDir workspace;
  constexpr uid_t kOwner = 60713;
  ASSERT_EQ(::chown(workspace.path().c_str(), kOwner, kOwner), 0);
  plan_ = {.profile = Profile::kFull, .has_namespaces = true, .has_own_users = true};
  auto place = RunPlace::Prepare(premises_).value();
  const Status furnished = place->Furnish({.user = kOwner, .workspace = workspace.path().string()});
  if (!furnished) GTEST_SKIP() << furnished.error().message;

  const auto use = UseOf(*place, [] {
    std::array<int, 2> ready{};
    if (::pipe(ready.data()) != 0) ::_exit(1);
    if (::fork() == 0) {
      ::close(kReport);
      ::setsid();
      HoldNameless();
      (void)!::write(ready[1], "", 1);
      while (true) ::pause();
    }
    char byte = 0;
    (void)!::read(ready[0], &byte, 1);
    // What lies in the world's own memory is bounded by its size.
    if (::chdir("/tmp") != 0) ::_exit(1);
    HoldNameless();
  });

  EXPECT_GE(use.disk_bytes, kMegabyte);
  EXPECT_LT(use.disk_bytes, 2 * kMegabyte);
}

TEST(RunsFolderTest, IsFreedFromWhatDeadMakersLeft) {
  const TempDir state;
  const pid_t gone = ::fork();
  if (gone == 0) ::_exit(0);
  ::waitpid(gone, nullptr, 0);
  state.WriteFile("runs/" + std::to_string(gone) + "-abc/file", "x");
  state.WriteFile("runs/" + std::to_string(::getpid()) + "-abc/file", "x");

  ASSERT_TRUE(MakeRunsFolder(state.path().string()));

  EXPECT_THAT(Entries(state.path() / "runs"), SizeIs(1));
}

}  // namespace
}  // namespace openfc::sandbox
