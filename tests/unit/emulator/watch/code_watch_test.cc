#include "emulator/watch/code_watch.h"

#include "tests/fakes/temp_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A watch of the folder `code`, which holds index.py and pkg/mod.py. inotify tells what a system
/// call did before the call returns, so nothing here waits.
class CodeWatchTest : public ::testing::Test {
 protected:
  CodeWatchTest() : watch_(*CodeWatch::Start(100ms)) {
    folder_.WriteFile("code/index.py", "x");
    folder_.WriteFile("code/pkg/mod.py", "x");
    Add("code");
  }

  std::string Path(const std::string& name) const { return (folder_.path() / name).string(); }

  void Add(const std::string& name) {
    const Status added = watch_->Add(Path(name), now_);
    ASSERT_TRUE(added) << added.error().message;
  }

  bool IsReadable() const {
    pollfd polled{.fd = watch_->fd(), .events = POLLIN, .revents = 0};
    return ::poll(&polled, 1, 0) == 1;
  }

  /// The roots that changed since the last call, without the folder's path.
  std::vector<std::string> Changed() {
    const Status read = watch_->Read(now_);
    EXPECT_TRUE(read) << read.error().message;
    now_ += 1h;
    std::vector<std::string> names;
    for (const std::string& root : watch_->TakeChanged(now_)) {
      names.push_back(fs::path(root).lexically_relative(folder_.path()).string());
    }
    return names;
  }

  openfc::testing::TempDir folder_;
  CodeWatch::Clock::time_point now_{1000h};
  std::unique_ptr<CodeWatch> watch_;
};

TEST_F(CodeWatchTest, TakesWhatGoesThroughAPipeForNoChange) {
  ASSERT_EQ(::mkfifo(Path("code/pipe").c_str(), 0600), 0);
  const UniqueFd both(::open(Path("code/pipe").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::write(both.get(), "x", 1), 1);
  { const UniqueFd writer(::open(Path("code/pipe").c_str(), O_WRONLY | O_CLOEXEC)); }

  EXPECT_THAT(Changed(), IsEmpty());
}

TEST_F(CodeWatchTest, IsSilentWhileNothingHappens) {
  EXPECT_FALSE(IsReadable());
  EXPECT_THAT(Changed(), IsEmpty());
  EXPECT_TRUE(watch_->NextChange().IsNever());
}

TEST_F(CodeWatchTest, IsSilentWhenCodeIsOnlyRead) {
  std::string text;
  std::ifstream(Path("code/index.py")) >> text;
  EXPECT_EQ(std::distance(fs::directory_iterator(Path("code/pkg")), {}), 1);

  EXPECT_THAT(Changed(), IsEmpty());
}

TEST_F(CodeWatchTest, TellsWhatIsWrittenMadeAndRemoved) {
  folder_.WriteFile("code/index.py", "changed");
  EXPECT_TRUE(IsReadable());
  EXPECT_THAT(Changed(), ElementsAre("code"));
  EXPECT_FALSE(IsReadable());

  folder_.WriteFile("code/new.py", "x");
  EXPECT_THAT(Changed(), ElementsAre("code"));

  fs::remove(Path("code/new.py"));
  EXPECT_THAT(Changed(), ElementsAre("code"));

  fs::permissions(Path("code/index.py"), fs::perms(0755));
  EXPECT_THAT(Changed(), ElementsAre("code"));
}

TEST_F(CodeWatchTest, TellsWhatEditorsSaveByRenaming) {
  folder_.WriteFile("code/.index.py.swp", "x");
  EXPECT_THAT(Changed(), IsEmpty()) << "it was only opened";

  folder_.WriteFile("elsewhere/tmp123", "new");
  fs::rename(Path("elsewhere/tmp123"), Path("code/index.py"));
  EXPECT_THAT(Changed(), ElementsAre("code"));

  fs::rename(Path("code/index.py"), Path("code/index.py~"));
  folder_.WriteFile("code/index.py", "new");
  EXPECT_THAT(Changed(), ElementsAre("code"));
}

TEST_F(CodeWatchTest, WaitsForTheEndOfABurst) {
  folder_.WriteFile("code/index.py", "1");
  ASSERT_TRUE(watch_->Read(now_));
  folder_.WriteFile("code/index.py", "2");
  ASSERT_TRUE(watch_->Read(now_ + 60ms));

  EXPECT_TRUE(watch_->IsUnsettled(Path("code")));
  EXPECT_THAT(watch_->TakeChanged(now_ + 159ms), IsEmpty());
  EXPECT_EQ(watch_->NextChange().when(), now_ + 160ms);
  EXPECT_THAT(watch_->TakeChanged(now_ + 160ms), ElementsAre(Path("code")));
  EXPECT_FALSE(watch_->IsUnsettled(Path("code")));
}

TEST_F(CodeWatchTest, LooksIntoFolders) {
  folder_.WriteFile("code/pkg/mod.py", "changed");

  EXPECT_THAT(Changed(), ElementsAre("code"));
}

TEST_F(CodeWatchTest, LooksIntoNewFolders) {
  folder_.WriteFile("code/new/deep/er/x.py", "x");
  EXPECT_THAT(Changed(), ElementsAre("code"));

  folder_.WriteFile("code/new/deep/er/x.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("code"));
}

TEST_F(CodeWatchTest, LooksIntoFoldersThatAreMovedIn) {
  folder_.WriteFile("elsewhere/lib/sub/x.py", "x");
  fs::rename(Path("elsewhere/lib"), Path("code/lib"));
  EXPECT_THAT(Changed(), ElementsAre("code"));

  folder_.WriteFile("code/lib/sub/x.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("code"));
}

TEST_F(CodeWatchTest, LooksIntoFoldersUnderTheirNewNames) {
  fs::rename(Path("code/pkg"), Path("code/renamed"));
  EXPECT_THAT(Changed(), ElementsAre("code"));

  folder_.WriteFile("code/renamed/mod.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("code"));
  folder_.WriteFile("code/renamed/new/x.py", "x");
  EXPECT_THAT(Changed(), ElementsAre("code"));
  folder_.WriteFile("code/renamed/new/x.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("code"));
}

TEST_F(CodeWatchTest, LooksAwayFromFoldersThatAreMovedOut) {
  fs::create_directory(Path("elsewhere"));
  fs::rename(Path("code/pkg"), Path("elsewhere/pkg"));
  EXPECT_THAT(Changed(), ElementsAre("code"));

  folder_.WriteFile("elsewhere/pkg/mod.py", "changed");
  EXPECT_THAT(Changed(), IsEmpty());
}

TEST_F(CodeWatchTest, IgnoresWhatIsNoCode) {
  folder_.WriteFile("code/__pycache__/index.cpython-311.pyc", "x");
  folder_.WriteFile("code/pkg/__pycache__/mod.cpython-311.pyc", "x");
  folder_.WriteFile("code/.git/index", "x");
  folder_.WriteFile("code/.s/python/lib.py", "x");
  folder_.WriteFile("code/index.pyc", "x");

  EXPECT_THAT(Changed(), IsEmpty());
  folder_.WriteFile("code/.git/index", "changed");
  EXPECT_THAT(Changed(), IsEmpty());
}

TEST_F(CodeWatchTest, IgnoresWhatWasNoCodeBefore) {
  folder_.WriteFile("other/.git/index", "x");
  Add("other");

  folder_.WriteFile("other/.git/index", "changed");

  EXPECT_THAT(Changed(), IsEmpty());
}

TEST_F(CodeWatchTest, TellsRootsApart) {
  folder_.WriteFile("other/index.py", "x");
  Add("other");

  folder_.WriteFile("other/index.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("other"));

  folder_.WriteFile("code/index.py", "changed");
  folder_.WriteFile("other/index.py", "again");
  EXPECT_THAT(Changed(), ElementsAre("code", "other"));
}

TEST_F(CodeWatchTest, KnowsRootsWithinRoots) {
  Add("code/pkg");

  folder_.WriteFile("code/pkg/mod.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("code", "code/pkg"));
  folder_.WriteFile("code/index.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("code"));

  watch_->Remove(Path("code"));
  folder_.WriteFile("code/pkg/mod.py", "again");
  EXPECT_THAT(Changed(), ElementsAre("code/pkg"));
}

TEST_F(CodeWatchTest, WatchesARootOnceHoweverOftenItIsAdded) {
  Add("code");
  Add("code");
  folder_.WriteFile("code/index.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("code"));

  watch_->Remove(Path("code"));
  folder_.WriteFile("code/index.py", "again");
  EXPECT_THAT(Changed(), IsEmpty());
  EXPECT_FALSE(IsReadable()) << "nothing is watched any more";
}

TEST_F(CodeWatchTest, ForgetsTheChangesOfARootThatIsRemoved) {
  folder_.WriteFile("code/index.py", "changed");
  ASSERT_TRUE(watch_->Read(now_));

  watch_->Remove(Path("code"));

  EXPECT_THAT(Changed(), IsEmpty());
}

TEST_F(CodeWatchTest, FollowsARootThatIsMadeAnew) {
  fs::remove_all(Path("code"));
  EXPECT_THAT(Changed(), ElementsAre("code"));

  folder_.WriteFile("code/pkg/new.py", "x");
  EXPECT_THAT(Changed(), ElementsAre("code"));
  folder_.WriteFile("code/pkg/new.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("code"));
}

TEST_F(CodeWatchTest, FollowsARootThatIsExchanged) {
  folder_.WriteFile("build/index.py", "new");
  fs::rename(Path("code"), Path("old"));
  fs::rename(Path("build"), Path("code"));
  EXPECT_THAT(Changed(), ElementsAre("code"));

  folder_.WriteFile("old/index.py", "x");
  EXPECT_THAT(Changed(), IsEmpty());
  folder_.WriteFile("code/index.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("code"));
}

TEST_F(CodeWatchTest, FollowsARootThatIsALink) {
  folder_.WriteFile("v1/index.py", "x");
  folder_.WriteFile("v2/index.py", "x");
  fs::create_directory_symlink("v1", Path("current"));
  Add("current");

  folder_.WriteFile("v1/index.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("current"));

  fs::create_directory_symlink("v2", Path("next"));
  fs::rename(Path("next"), Path("current"));
  EXPECT_THAT(Changed(), ElementsAre("current"));
  folder_.WriteFile("v2/index.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("current"));
}

TEST_F(CodeWatchTest, WatchesAFile) {
  folder_.WriteFile("package.zip", "x");
  Add("package.zip");
  EXPECT_THAT(Changed(), IsEmpty()) << "what happened before is no change";

  folder_.WriteFile("beside.zip", "x");
  EXPECT_THAT(Changed(), IsEmpty());
  folder_.WriteFile("package.zip", "changed");
  EXPECT_THAT(Changed(), ElementsAre("package.zip"));
  fs::rename(Path("beside.zip"), Path("package.zip"));
  EXPECT_THAT(Changed(), ElementsAre("package.zip"));
}

TEST_F(CodeWatchTest, WaitsForARootThatIsNotThereYet) {
  Add("later");

  folder_.WriteFile("later/index.py", "x");
  EXPECT_THAT(Changed(), ElementsAre("later"));
  folder_.WriteFile("later/index.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("later"));
}

TEST_F(CodeWatchTest, DoesNotFollowLinksBelowTheRoot) {
  folder_.WriteFile("elsewhere/x.py", "x");
  fs::create_directory_symlink(Path("elsewhere"), Path("code/link"));
  EXPECT_THAT(Changed(), ElementsAre("code"));

  folder_.WriteFile("elsewhere/x.py", "changed");
  EXPECT_THAT(Changed(), IsEmpty());
}

TEST_F(CodeWatchTest, CountsEverythingAsChangedWhenTooMuchHappens) {
  folder_.WriteFile("quiet/index.py", "x");
  Add("quiet");
  int most = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> most;
  if (most > 100000) GTEST_SKIP() << "the kernel would note " << most << " events";
  for (int i = 0; i < most / 2 + 10; ++i) {
    ::close(::open(Path("code/much").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    ::unlink(Path("code/much").c_str());
  }
  folder_.WriteFile("code/unseen/x.py", "x");

  EXPECT_THAT(Changed(), ElementsAre("code", "quiet"));
  folder_.WriteFile("code/unseen/x.py", "changed");
  EXPECT_THAT(Changed(), ElementsAre("code")) << "folders that were made meanwhile are watched";
}

}  // namespace
}  // namespace openfc::emulator
