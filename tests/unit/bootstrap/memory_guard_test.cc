#include "bootstrap/rloader/memory_guard.h"

#include "runtime/process/process_tree.h"
#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <signal.h>

namespace openfc::bootstrap {
namespace {

using openfc::testing::TempDir;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""h;
using ::testing::Optional;

constexpr ChildEnd kKilled{.exit_code = 0, .signal = SIGKILL};

Settings Watching(std::int64_t limit_mb) {
  Settings settings;
  settings.watch_limit_mb = limit_mb;
  return settings;
}

Settings Limited(const TempDir& cgroup) {
  Settings settings;
  settings.cgroup = cgroup.path().string();
  return settings;
}

void SetKills(const TempDir& cgroup, int kills) {
  cgroup.WriteFile("memory.events", "max 9\noom_kill " + std::to_string(kills) + "\n");
}

TEST(MemoryGuardTest, WithoutALimitBlamesAndWatchesNothing) {
  MemoryGuard guard{Settings{}};
  guard.BeginWatch();

  EXPECT_TRUE(guard.NextLook().IsNever());
  EXPECT_FALSE(guard.LookAtTree());
  EXPECT_EQ(guard.LimitBehind(kKilled), std::nullopt);
}

TEST(MemoryGuardTest, BlamesTheCgroupWhenItsCountRose) {
  const TempDir cgroup;
  cgroup.WriteFile("memory.max", "67108864\n");
  SetKills(cgroup, 4);
  MemoryGuard guard(Limited(cgroup));
  guard.BeginWatch();
  EXPECT_EQ(guard.LimitBehind(kKilled), std::nullopt);

  SetKills(cgroup, 5);

  EXPECT_THAT(guard.LimitBehind(kKilled), Optional(64));
  EXPECT_TRUE(guard.NextLook().IsNever());
}

TEST(MemoryGuardTest, DoesNotBlameTheCgroupForAnotherEnd) {
  const TempDir cgroup;
  cgroup.WriteFile("memory.max", "67108864\n");
  SetKills(cgroup, 4);
  MemoryGuard guard(Limited(cgroup));
  guard.BeginWatch();
  SetKills(cgroup, 5);  // A process of the tree, which the runtime outlived for a while.

  EXPECT_EQ(guard.LimitBehind({.exit_code = 1}), std::nullopt);
  EXPECT_EQ(guard.LimitBehind({.exit_code = 0, .signal = SIGSEGV}), std::nullopt);
}

TEST(MemoryGuardTest, CountsAnewWithEachStart) {
  const TempDir cgroup;
  SetKills(cgroup, 4);
  MemoryGuard guard(Limited(cgroup));
  guard.BeginWatch();
  SetKills(cgroup, 5);

  guard.BeginWatch();

  EXPECT_EQ(guard.LimitBehind(kKilled), std::nullopt);
}

TEST(MemoryGuardTest, NamesTheLimitAsItIsTold) {
  const TempDir cgroup;
  SetKills(cgroup, 4);
  Settings settings = Limited(cgroup);
  settings.limit_mb = 512;
  MemoryGuard guard(settings);
  guard.BeginWatch();
  SetKills(cgroup, 5);

  EXPECT_THAT(guard.LimitBehind(kKilled), Optional(512));
}

TEST(PauseBetweenLooksTest, IsLongWhileNothingGrows) {
  EXPECT_EQ(PauseBetweenLooks(100, 100, 1000, 50ms), 50ms);
  EXPECT_EQ(PauseBetweenLooks(100, 90, 1000, 50ms), 50ms);
}

TEST(PauseBetweenLooksTest, IsHalfOfTheTimeThatIsLeft) {
  EXPECT_EQ(PauseBetweenLooks(0, 500, 1000, 50ms), 25ms);
  EXPECT_EQ(PauseBetweenLooks(0, 10, 1000, 50ms), 50ms);
}

TEST(PauseBetweenLooksTest, IsShortNearTheLimitAndBeyond) {
  EXPECT_EQ(PauseBetweenLooks(0, 990, 1000, 50ms), 10ms);
  EXPECT_EQ(PauseBetweenLooks(0, 2000, 1000, 50ms), 10ms);
}

TEST(PauseBetweenLooksTest, OutlastsAnyNumbers) {
  constexpr std::int64_t kMost = std::int64_t{1} << 62;
  EXPECT_EQ(PauseBetweenLooks(0, 1, kMost, 1h), 50ms);
  EXPECT_EQ(PauseBetweenLooks(0, 1, kMost, 0ms), 50ms);
}

/// This process with a child, so that there is a tree to look at.
class WatchedTreeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto child = StartChild({.program = "/bin/sh", .arguments = {"-c", "kill -STOP $$"}});
    ASSERT_TRUE(child);
    child_ = *std::move(child);
  }

  std::unique_ptr<Child> child_;
};

TEST_F(WatchedTreeTest, IsFineBelowTheLimit) {
  MemoryGuard guard(Watching(1 << 20));
  guard.BeginWatch();

  EXPECT_FALSE(guard.NextLook().IsNever());
  EXPECT_FALSE(guard.LookAtTree());
  EXPECT_FALSE(guard.NextLook().IsNever());
  EXPECT_GT(guard.peak_bytes(), 0);
  EXPECT_EQ(guard.LimitBehind(kKilled), std::nullopt);
}

TEST_F(WatchedTreeTest, IsBlamedOnceItWasOverTheLimit) {
  const auto hungry =
      StartChild({.program = "/bin/sh", .arguments = {"-c", "exec tail /dev/zero"}});
  ASSERT_TRUE(hungry);
  MemoryGuard guard(Watching(20));
  guard.BeginWatch();

  while (!guard.LookAtTree() && !(*hungry)->TryReap()) {
  }

  EXPECT_THAT(guard.LimitBehind(kKilled), Optional(20));
  EXPECT_THAT(guard.LimitBehind({.exit_code = 1}), Optional(20));
  EXPECT_TRUE(guard.NextLook().IsNever());
  EXPECT_GT(guard.peak_bytes(), 20 * 1024 * 1024);
}

}  // namespace
}  // namespace openfc::bootstrap
