#include "sandbox/workspace/beneath.h"

#include "tests/fakes/temp_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;
using testing::TempDir;

class BeneathTest : public ::testing::Test {
 protected:
  BeneathTest() {
    folder_.WriteFile("secret", "s");
    folder_.WriteFile("home/a", "text");
    folder_.WriteFile("home/deep/er/b", "b");
  }
  std::string Home() const { return (folder_.path() / "home").string(); }
  void Link(const std::string& name, const std::string& to) const {
    fs::create_symlink(to, folder_.path() / "home" / name);
  }
  /// What stands there, or "none", or "too much".
  std::string Read(const std::string& path, std::int64_t max_bytes = 100) const {
    const auto text = Beneath::Open(Home()).value().ReadFile(path, max_bytes);
    if (text) return *text;
    return text.error().code == ErrorCode::kInvalidArgument ? "none" : "too much";
  }

  TempDir folder_;
};

TEST_F(BeneathTest, ReadsFilesThatLieThere) {
  EXPECT_EQ(Read("a"), "text");
  EXPECT_EQ(Read("deep/er/b"), "b");
  EXPECT_EQ(Read("./deep//er/../er/b"), "b");
}

TEST_F(BeneathTest, ReadsNothingElse) {
  Link("out", "../secret");
  Link("absolute", (folder_.path() / "secret").string());
  Link("inside", "a");
  Link("up", "..");
  Link("self", "/proc/self/exe");
  ASSERT_EQ(::mkfifo((Home() + "/pipe").c_str(), 0600), 0);

  for (const char* path : {"../secret", "deep/../../secret", "out", "absolute", "inside",
                           "up/secret", "self", "pipe", "deep", "", "missing", "a/"}) {
    EXPECT_EQ(Read(path), "none") << path;
  }
  EXPECT_EQ(Read((folder_.path() / "secret").string()), "none");
  EXPECT_EQ(Read(Home() + "/a"), "none");
}

TEST_F(BeneathTest, ReadsNoDevice) {
  if (::mknod((Home() + "/zero").c_str(), S_IFCHR | 0600, makedev(1, 5)) != 0) {
    GTEST_SKIP() << "makes a device: needs root";
  }

  EXPECT_EQ(Read("zero"), "none");
}

TEST_F(BeneathTest, ReadsNoMoreThanItMay) {
  EXPECT_EQ(Read("a", 4), "text");
  EXPECT_EQ(Read("a", 3), "too much");
}

TEST_F(BeneathTest, OpensAWorkspaceAndNoLinkToOne) {
  fs::create_symlink("home", folder_.path() / "other");

  EXPECT_TRUE(Beneath::Open(Home()));
  EXPECT_FALSE(Beneath::Open((folder_.path() / "other").string()));
  EXPECT_FALSE(Beneath::Open((folder_.path() / "none").string()));
}

TEST_F(BeneathTest, FollowsLinksOnlyToTellWhereTheyLead) {
  Link("inside", "deep/er");
  Link("dangling", "not/yet");
  Link("out", "..");
  Link("round", "deep/er/../../../home/a");
  const Beneath home = Beneath::Open(Home()).value();

  EXPECT_TRUE(home.CheckStaysInside("inside"));
  EXPECT_TRUE(home.CheckStaysInside("dangling"));
  EXPECT_FALSE(home.CheckStaysInside("out"));
  EXPECT_FALSE(home.CheckStaysInside("round"));
}

TEST_F(BeneathTest, MakesFilesOnlyBelow) {
  Link("up", "..");
  const Beneath home = Beneath::Open(Home()).value();

  EXPECT_TRUE(home.OpenAt("new", O_WRONLY | O_CREAT | O_EXCL, 0600).is_open());
  EXPECT_FALSE(home.OpenAt("up/new", O_WRONLY | O_CREAT | O_EXCL, 0600).is_open());
  EXPECT_FALSE(home.OpenAt("../new", O_WRONLY | O_CREAT | O_EXCL, 0600).is_open());
  EXPECT_TRUE(fs::exists(folder_.path() / "home" / "new"));
  EXPECT_FALSE(fs::exists(folder_.path() / "new"));
}

}  // namespace
}  // namespace openfc::sandbox
