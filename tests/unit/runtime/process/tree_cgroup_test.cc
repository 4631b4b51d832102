#include "runtime/process/tree_cgroup.h"

#include "runtime/process/proc_files.h"
#include "runtime/process/process_tree.h"
#include "tests/fakes/temp_dir.h"
#include "tests/unit/runtime/process/shell_child.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

namespace openfc {
namespace {

using std::chrono_literals::operator""s;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;
using ::testing::StartsWith;

constexpr std::int64_t kMegabyte = 1024 * 1024;
constexpr std::string_view kMounts =
    "30 1 0:26 / /cg/memory rw - cgroup cgroup rw,memory\n"
    "31 1 0:27 / /cg/pids rw - cgroup cgroup rw,pids\n"
    "32 1 0:28 /box /cg/unified rw - cgroup2 cgroup2 rw\n";

TEST(CgroupPlaceTest, IsOurOwnCgroupsOfVersion1) {
  const auto place = FindCgroupPlace("8:pids:/\n4:cpu,memory:/ours\n0::/\n", kMounts);

  ASSERT_TRUE(place);
  EXPECT_EQ(place->version, 1);
  EXPECT_THAT(place->parents, ElementsAre("/cg/memory/ours", "/cg/pids"));
}

TEST(CgroupPlaceTest, IsOneFolderWhereVersion1CountsBothTogether) {
  const auto place =
      FindCgroupPlace("4:memory,pids:/a\n", "30 1 0:26 / /cg rw - cgroup cgroup rw,memory,pids\n");

  ASSERT_TRUE(place);
  EXPECT_THAT(place->parents, ElementsAre("/cg/a"));
}

TEST(CgroupPlaceTest, IsThatOfMemoryWhereVersion1DoesNotCountProcesses) {
  const auto place = FindCgroupPlace("4:memory:/ours\n0::/\n", kMounts);

  ASSERT_TRUE(place);
  EXPECT_THAT(place->parents, ElementsAre("/cg/memory/ours"));
}

TEST(CgroupPlaceTest, HasTheOneForTimeOnlyWhenThatIsWanted) {
  const std::string own = "8:pids:/\n5:cpu,cpuacct:/ours\n4:memory:/ours\n0::/\n";
  const std::string mounts =
      std::string(kMounts) + "33 1 0:29 / /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct\n";

  EXPECT_THAT(FindCgroupPlace(own, mounts)->parents, ElementsAre("/cg/memory/ours", "/cg/pids"));
  EXPECT_THAT(FindCgroupPlace(own, mounts, CpuQuota::kWanted)->parents,
              ElementsAre("/cg/memory/ours", "/cg/pids", "/cg/cpu/ours"));
}

TEST(CgroupPlaceTest, NamesAFolderOnceThatCanDoSeveralThings) {
  const auto place = FindCgroupPlace(
      "4:memory,cpu:/a\n", "30 1 0:26 / /cg rw - cgroup cgroup rw,memory,cpu\n", CpuQuota::kWanted);

  ASSERT_TRUE(place);
  EXPECT_THAT(place->parents, ElementsAre("/cg/a"));
}

TEST(CgroupPlaceTest, IsTheSameInVersion2WhetherTimeCountsOrNot) {
  const auto place = FindCgroupPlace("0::/box/ours\n", kMounts, CpuQuota::kWanted);

  ASSERT_TRUE(place);
  EXPECT_THAT(place->parents, ElementsAre("/cg/unified/ours"));
}

TEST(CgroupPlaceTest, IsTheOneOfVersion2WhereVersion1AccountsNothing) {
  const auto place = FindCgroupPlace("8:pids:/\n0::/box/ours\n", kMounts);

  ASSERT_TRUE(place);
  EXPECT_EQ(place->version, 2);
  EXPECT_THAT(place->parents, ElementsAre("/cg/unified/ours"));
}

TEST(CgroupPlaceTest, IsNoneWhereNothingIsMounted) {
  EXPECT_FALSE(FindCgroupPlace("0::/\n", ""));
  EXPECT_FALSE(FindCgroupPlace("", kMounts));
  EXPECT_FALSE(FindCgroupPlace("nonsense", "nonsense"));
}

TEST(TreeCgroupMakingTest, FailsWhereMemoryIsNotHandedDown) {
  const openfc::testing::TempDir plain;

  const auto made =
      TreeCgroup::Make({.version = 2, .parents = {plain.path().string()}}, "openfc-test-");

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message,
            "the cgroup '" + plain.path().string() + "' does not hand memory down");
  EXPECT_TRUE(std::filesystem::is_empty(plain.path()));
}

TEST(TreeCgroupMakingTest, FailsBelowNothing) {
  const auto made = TreeCgroup::Make({.version = 2, .parents = {"/no/such"}}, "openfc-test-");

  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, StartsWith("cannot make a cgroup below '/no/such'"));
}

TEST(StaleCgroupsTest, AreThoseOfMakersThatAreGone) {
  const openfc::testing::TempDir parent;
  const std::string own = "ours-" + std::to_string(::getpid()) + "-1";
  for (const std::string& name : {std::string("ours-999999999-1"), own, std::string("ours-x"),
                                  std::string("theirs-999999999-1")}) {
    std::filesystem::create_directory(parent.path() / name);
  }

  RemoveStaleCgroups({.version = 2, .parents = {parent.path().string(), "/no/such"}}, "ours-");

  EXPECT_FALSE(std::filesystem::exists(parent.path() / "ours-999999999-1"));
  EXPECT_TRUE(std::filesystem::exists(parent.path() / own));
  EXPECT_TRUE(std::filesystem::exists(parent.path() / "ours-x"));
  EXPECT_TRUE(std::filesystem::exists(parent.path() / "theirs-999999999-1"));
}

/// With real cgroups.
class TreeCgroupTest : public ::testing::Test {
 protected:
  void SetUp() override { Make(CpuQuota::kNone); }
  void Make(CpuQuota quota) {
    ASSERT_TRUE(BecomeSubreaper());
    const auto place = FindOwnCgroupPlace(quota);
    if (!place) GTEST_SKIP() << "no cgroup here: " << place.error().message;
    auto made = TreeCgroup::Make(*place, "openfc-test-");
    if (!made) GTEST_SKIP() << "no cgroup can be made here: " << made.error().message;
    cgroup_ = *std::move(made);
  }
  void TearDown() override {
    if (cgroup_ != nullptr) KillAll();
    EXPECT_TRUE(KillDescendants(Deadline::After(30s), nullptr));
  }

  std::unique_ptr<Child> StartInside(const std::string& script) {
    auto command = Shell(script);
    command.cgroup_procs_files = cgroup_->JoinFiles();
    auto child = StartChild(command);
    if (!child) throw std::runtime_error(child.error().message);
    return *std::move(child);
  }

  /// Rounds, as their owner makes them.
  void KillAll() {
    for (;;) {
      const auto killed = cgroup_->KillMembers();
      if (killed.empty()) return;
      for (const UniqueFd& pidfd : killed) {
        pollfd entry{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
        ::poll(&entry, 1, -1);
      }
    }
  }

  std::unique_ptr<TreeCgroup> cgroup_;
};

TEST_F(TreeCgroupTest, LimitsMemoryCountsKillsAndGoesAway) {
  ASSERT_TRUE(cgroup_->SetLimits({.memory_bytes = 64 * kMegabyte}));
  const CgroupDirectory directory = cgroup_->memory();
  const auto kills_before = directory.OomKills();

  // Keeps everything until a newline that never comes.
  const auto end = StartInside("exec tail /dev/zero")->Await(Deadline::After(60s));
  const auto kills_after = directory.OomKills();
  const auto limit = directory.LimitBytes();
  cgroup_.reset();

  ASSERT_TRUE(end);
  EXPECT_EQ(end->signal, SIGKILL);
  EXPECT_THAT(limit, Optional(64 * kMegabyte));
  ASSERT_TRUE(kills_before && kills_after);
  EXPECT_EQ(*kills_after, *kills_before + 1);
  EXPECT_FALSE(std::filesystem::exists(directory.path()));
}

TEST_F(TreeCgroupTest, LimitsTheNumberOfProcesses) {
  if (cgroup_->processes() == nullptr) GTEST_SKIP() << "nobody counts processes here";
  ASSERT_TRUE(cgroup_->SetLimits({.memory_bytes = 64 * kMegabyte, .processes = 3}));

  const auto end = StartInside("sleep 60 & sleep 60 & sleep 60 & exit 0")->Await(Deadline::Never());

  EXPECT_EQ(end->exit_code, 2) << "the third has no place beside the shell";
  EXPECT_THAT(cgroup_->processes()->Members(), Not(IsEmpty()));
}

TEST_F(TreeCgroupTest, KillsItsMembersWhereverTheyWent) {
  const auto child = StartInside("setsid sleep 3600 & (setsid sleep 3600 &) ; kill -STOP $$");
  while (cgroup_->memory().Members().size() < 3) ::sched_yield();

  KillAll();

  EXPECT_EQ(child->Await(Deadline::Never())->signal, SIGKILL);
  EXPECT_THAT(cgroup_->memory().Members(), IsEmpty());
}

TEST_F(TreeCgroupTest, LetsNobodyForkOnceItsEndHasBegun) {
  if (cgroup_->processes() == nullptr) GTEST_SKIP() << "nobody counts processes here";
  (void)cgroup_->KillMembers();

  const auto end = StartInside("sleep 60 & exit 0")->Await(Deadline::Never());

  EXPECT_EQ(end->exit_code, 2);
}

/// The same where time can be portioned out.
class TimedTreeCgroupTest : public TreeCgroupTest {
 protected:
  void SetUp() override {
    Make(CpuQuota::kWanted);
    if (IsSkipped()) return;
    if (cgroup_->cpu() == nullptr) GTEST_SKIP() << "nobody portions time out here";
  }

  /// Of version 1 or 2, in microseconds for each 100 ms.
  std::string Quota() const {
    const std::string folder = cgroup_->cpu()->path();
    const auto first = ReadSmallFile(folder + "/cpu.cfs_quota_us");
    const std::string text = first ? *first : ReadSmallFile(folder + "/cpu.max").value_or("");
    return text.substr(0, text.find_first_of(" \n"));
  }
};

TEST_F(TimedTreeCgroupTest, LimitsTimeOnlyWhenItIsSaid) {
  const std::string none = Quota();
  ASSERT_TRUE(cgroup_->SetLimits({.memory_bytes = 64 * kMegabyte}));
  EXPECT_EQ(Quota(), none);

  ASSERT_TRUE(cgroup_->SetLimits({.memory_bytes = 64 * kMegabyte, .cpu = 0.15}));
  EXPECT_EQ(Quota(), "15000");
}

TEST_F(TimedTreeCgroupTest, StopsWhoHasUsedItsTimeUp) {
  ASSERT_TRUE(cgroup_->SetLimits({.memory_bytes = 64 * kMegabyte, .cpu = 0.05}));

  const auto child = StartInside("while :; do :; done");
  const std::string statistics = cgroup_->cpu()->path() + "/cpu.stat";
  while (ReadSmallFile(statistics).value_or("").find("nr_throttled 0\n") != std::string::npos) {
    ::sched_yield();
  }

  EXPECT_THAT(ReadSmallFile(statistics), Optional(HasSubstr("nr_throttled ")));
}

TEST_F(TimedTreeCgroupTest, LetsNobodyWaitForTimeToDie) {
  const std::string none = Quota();
  ASSERT_TRUE(cgroup_->SetLimits({.memory_bytes = 64 * kMegabyte, .cpu = 0.05}));
  const auto child = StartInside("while :; do :; done");

  KillAll();

  EXPECT_EQ(child->Await(Deadline::Never())->signal, SIGKILL);
  EXPECT_EQ(Quota(), none);
}

TEST_F(TimedTreeCgroupTest, GoesAwayWithAllItsFolders) {
  const std::string cpu = cgroup_->cpu()->path();
  const std::string memory = cgroup_->memory().path();

  cgroup_.reset();

  EXPECT_FALSE(std::filesystem::exists(cpu));
  EXPECT_FALSE(std::filesystem::exists(memory));
}

}  // namespace
}  // namespace openfc
