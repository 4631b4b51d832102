#include "emulator/state/state_folder.h"

#include "emulator/state/folder_lock.h"
#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace openfc::emulator {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StateFolderTest : public ::testing::Test {
 protected:
  static std::string Read(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static mode_t ModeOf(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
  }

  testing::TempDir folder_;
  const std::string path_ = (folder_.path() / "project" / kStateFolderName).string();
  const RunningState state_{.pid = 4711, .address = "127.0.0.1", .port = 8080, .token = "secret"};
};

TEST_F(StateFolderTest, IsMadeAndNobodyElsesAndNotGits) {
  const auto taken = StateFolder::Take(path_);

  ASSERT_TRUE(taken);
  EXPECT_EQ((*taken)->path(), path_);
  EXPECT_EQ(ModeOf(path_), 0700U);
  EXPECT_EQ(Read(path_ + "/.gitignore"), "*\n");
}

TEST_F(StateFolderTest, TellsWhereItsOwnerIsWhileItLives) {
  auto taken = StateFolder::Take(path_);
  ASSERT_TRUE(taken);
  ASSERT_TRUE((*taken)->Publish(state_));

  const auto found = FindRunning(path_);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(**found, state_);
  EXPECT_EQ(ModeOf(StateFileOf(path_)), 0600U);

  taken->reset();
  EXPECT_FALSE(*FindRunning(path_));
  EXPECT_EQ(Read(StateFileOf(path_)), "");
}

TEST_F(StateFolderTest, SaysThatItsOwnerIsStartingBeforeItIsTold) {
  const auto taken = StateFolder::Take(path_);

  const auto found = FindRunning(path_);

  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("just starting"));
}

TEST_F(StateFolderTest, IsRefusedToASecondOwnerInASentence) {
  auto first = StateFolder::Take(path_);
  ASSERT_TRUE((*first)->Publish(state_));

  const auto second = StateFolder::Take(path_);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(second.error().message,
            "another fclocal (pid 4711, port 8080) serves with the state folder " + path_ +
                ": end it with `fclocal stop --all`, or name another folder with --state-dir");
  EXPECT_THAT(second.error().message, Not(HasSubstr("secret")));
  first->reset();
  EXPECT_TRUE(StateFolder::Take(path_));
}

TEST_F(StateFolderTest, IsFreeWhenItsOwnerWasKilled) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto taken = StateFolder::Take(path_);
    if (taken && (*taken)->Publish(state_)) ::kill(::getpid(), SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_THAT(Read(StateFileOf(path_)), HasSubstr("4711"));

  EXPECT_FALSE(*FindRunning(path_));
  const auto taken = StateFolder::Take(path_);
  ASSERT_TRUE(taken);
  EXPECT_EQ(Read(StateFileOf(path_)), "");
}

TEST_F(StateFolderTest, IsNotHeldByThoseWhoAsk) {
  { const auto taken = StateFolder::Take(path_); }

  EXPECT_FALSE(IsFolderLocked(path_));
  EXPECT_FALSE(IsFolderLocked(path_ + "/none"));
  EXPECT_TRUE(StateFolder::Take(path_));
}

TEST_F(StateFolderTest, IsRefusedWhereItCannotBeMade) {
  folder_.WriteFile("project", "a file");

  const auto taken = StateFolder::Take(path_);

  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().message, HasSubstr("cannot make the folder " + path_));
  EXPECT_THAT(taken.error().message, HasSubstr("--state-dir"));
}

TEST_F(StateFolderTest, LiesBesideAFileAndInAFolder) {
  const auto file = folder_.WriteFile("project/s.yaml", "");
  EXPECT_EQ(StateFolderFor(file.string()), path_);
  EXPECT_EQ(StateFolderFor((folder_.path() / "project").string()), path_);
}

TEST_F(StateFolderTest, IsFoundFromBelow) {
  const auto file = folder_.WriteFile("project/a/b/file", "");
  EXPECT_EQ(FindStateFolder(file.parent_path().string()), std::nullopt);
  { const auto taken = StateFolder::Take(path_); }

  EXPECT_EQ(FindStateFolder(file.parent_path().string()), path_);
  EXPECT_EQ(FindStateFolder((folder_.path() / "project").string()), path_);
}

TEST_F(StateFolderTest, HasAnotherTokenEachTime) {
  const std::string token = MakeToken();

  EXPECT_THAT(token, ::testing::MatchesRegex("[0-9a-f]{64}"));
  EXPECT_NE(token, MakeToken());
}

}  // namespace
}  // namespace openfc::emulator
