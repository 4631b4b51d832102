#include "sandbox/isolation/run_place.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
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
