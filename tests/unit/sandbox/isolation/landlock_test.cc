#include "sandbox/isolation/landlock.h"

#include "sandbox/isolation/identity.h"
#include "tests/fakes/temp_dir.h"
#include "tests/unit/sandbox/isolation/in_child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <cerrno>

namespace openfc::sandbox {
namespace {

using testing::TempDir;

class LandlockTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (LandlockVersion() == 0) GTEST_SKIP() << "this kernel has no Landlock";
    inside_ = folder_.WriteFile("inside/file", "x").string();
    outside_ = folder_.WriteFile("outside/file", "x").string();
  }

  /// errno of an attempt with only `inside` open to it, as `use`.
  template <typename Attempt>
  int ErrorBehind(PathUse use, Attempt attempt) {
    const auto rules = MakeLandlockRules({{(folder_.path() / "inside").string(), use}});
    EXPECT_TRUE(rules);
    return InChild([&] {
      if (ForbidNewPrivileges() != 0 || RestrictToLandlockRules(rules->get()) != 0) return 250;
      return attempt() >= 0 ? 0 : errno;
    });
  }
  int OpenError(PathUse use, const std::string& path, int flags) {
    return ErrorBehind(use, [&] { return ::open(path.c_str(), flags, 0600); });
  }

  TempDir folder_;
  std::string inside_;
  std::string outside_;
};

TEST_F(LandlockTest, ShowsWhatIsInsideAndNothingElse) {
  EXPECT_EQ(OpenError(PathUse::kRead, inside_, O_RDONLY), 0);
  EXPECT_EQ(OpenError(PathUse::kRead, inside_, O_WRONLY), EACCES);
  EXPECT_EQ(OpenError(PathUse::kRead, inside_ + "2", O_WRONLY | O_CREAT), EACCES);
  EXPECT_EQ(OpenError(PathUse::kRead, outside_, O_RDONLY), EACCES);
  EXPECT_EQ(OpenError(PathUse::kAll, inside_, O_WRONLY | O_TRUNC), 0);
  EXPECT_EQ(OpenError(PathUse::kAll, inside_ + "2", O_WRONLY | O_CREAT), 0);
  EXPECT_EQ(OpenError(PathUse::kAll, outside_, O_WRONLY), EACCES);
}

TEST_F(LandlockTest, LetsNothingBeMovedOut) {
  const std::string target = outside_ + "2";

  EXPECT_NE(ErrorBehind(PathUse::kAll, [&] { return ::rename(inside_.c_str(), target.c_str()); }),
            0);
  EXPECT_NE(ErrorBehind(PathUse::kAll, [&] { return ::link(outside_.c_str(), inside_.c_str()); }),
            0);
}

TEST_F(LandlockTest, KeepsSignalsInside) {
  if (LandlockVersion() < kLandlockScopes) GTEST_SKIP() << "before version 6 it does not";
  const pid_t test = ::getpid();

  EXPECT_EQ(ErrorBehind(PathUse::kRead, [=] { return ::kill(test, 0); }), EPERM);
  EXPECT_EQ(ErrorBehind(PathUse::kRead, [] { return ::kill(::getpid(), 0); }), 0);
}

TEST_F(LandlockTest, PassesOverWhatIsNotThere) {
  EXPECT_TRUE(MakeLandlockRules({{"/no/such/path", PathUse::kRead}}));
}

}  // namespace
}  // namespace openfc::sandbox
