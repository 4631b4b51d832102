#include "runtime/process/cgroup_directory.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace openfc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

constexpr const char* kMountsOf1 =
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
constexpr const char* kMountsOf2 =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST(FindCgroupTest, FindsVersion1ByItsController) {
  EXPECT_EQ(FindCgroup("5:devices:/\n4:memory:/a/b\n0::/c\n", kMountsOf1, "memory"),
            "/sys/fs/cgroup/memory/a/b");
  EXPECT_EQ(FindCgroup("5:devices:/\n4:memory:/a/b\n0::/c\n", kMountsOf1, "pids"), std::nullopt);
}

TEST(FindCgroupTest, FindsAControllerThatSharesAHierarchy) {
  EXPECT_EQ(FindCgroup("4:cpu,memory:/a\n", "35 31 0:32 / /cg rw - cgroup cgroup rw,cpu,memory\n",
                       "memory"),
            "/cg/a");
}

TEST(FindCgroupTest, FindsVersion2) {
  EXPECT_EQ(FindCgroup("0::/user.slice/x\n", kMountsOf2, ""), "/sys/fs/cgroup/user.slice/x");
  EXPECT_EQ(FindCgroup("0::/\n", kMountsOf2, ""), "/sys/fs/cgroup");
}

TEST(FindCgroupTest, TakesTheMountsOwnTopOff) {
  EXPECT_EQ(FindCgroup("4:memory:/docker/x/y\n",
                       "35 31 0:32 /docker/x /cg ro - cgroup cgroup rw,memory\n", "memory"),
            "/cg/y");
}

TEST(FindCgroupTest, FindsNothingWithoutAMount) {
  EXPECT_EQ(FindCgroup("4:memory:/a\n", "", "memory"), std::nullopt);
  EXPECT_EQ(FindCgroup("", kMountsOf1, "memory"), std::nullopt);
  EXPECT_EQ(FindCgroup("garbage", "more - garbage\n\n - \n", "memory"), std::nullopt);
}

/// A plain folder that looks like a cgroup directory.
class CgroupDirectoryTest : public ::testing::Test {
 protected:
  CgroupDirectoryTest() : path_(::testing::TempDir() + "cgroup-XXXXXX") { ::mkdtemp(path_.data()); }
  ~CgroupDirectoryTest() override { std::filesystem::remove_all(path_); }

  void Put(const std::string& name, const std::string& text) {
    std::ofstream(path_ + "/" + name) << text;
  }
  std::string Get(const std::string& name) {
    std::string text;
    std::ifstream(path_ + "/" + name) >> text;
    return text;
  }
  std::string GetLine(const std::string& name) {
    std::string line;
    std::getline(std::ifstream(path_ + "/" + name), line);
    return line;
  }
  CgroupDirectory Directory() const { return CgroupDirectory(path_); }

  std::string path_;
};

TEST_F(CgroupDirectoryTest, SpeaksVersion1) {
  Put("memory.limit_in_bytes", "1048576\n");
  Put("memory.max_usage_in_bytes", "4096\n");
  Put("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");

  EXPECT_TRUE(Directory().HasMemory());
  EXPECT_THAT(Directory().LimitBytes(), Optional(1048576));
  EXPECT_THAT(Directory().PeakBytes(), Optional(4096));
  EXPECT_THAT(Directory().OomKills(), Optional(3));
}

TEST_F(CgroupDirectoryTest, SpeaksVersion2) {
  Put("memory.max", "1048576\n");
  Put("memory.peak", "4096\n");
  Put("memory.events", "low 0\nhigh 0\nmax 8\noom 5\noom_kill 4\noom_group_kill 0\n");

  EXPECT_TRUE(Directory().HasMemory());
  EXPECT_THAT(Directory().LimitBytes(), Optional(1048576));
  EXPECT_THAT(Directory().PeakBytes(), Optional(4096));
  EXPECT_THAT(Directory().OomKills(), Optional(4));
}

TEST_F(CgroupDirectoryTest, IsJoinedByItsTasksWhereItHasSome) {
  EXPECT_EQ(Directory().JoinFile(), path_ + "/cgroup.procs");

  Put("tasks", "");

  EXPECT_EQ(Directory().JoinFile(), path_ + "/tasks");
}

TEST_F(CgroupDirectoryTest, HasNoLimitWhereNoneIsSet) {
  Put("memory.max", "max\n");
  EXPECT_EQ(Directory().LimitBytes(), std::nullopt);

  Put("memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(Directory().LimitBytes(), std::nullopt);
}

TEST_F(CgroupDirectoryTest, AnswersNothingWhereNothingIs) {
  EXPECT_FALSE(Directory().HasMemory());
  EXPECT_EQ(Directory().LimitBytes(), std::nullopt);
  EXPECT_EQ(Directory().PeakBytes(), std::nullopt);
  EXPECT_EQ(Directory().OomKills(), std::nullopt);
  EXPECT_FALSE(Directory().SetMemoryLimit(1));
}

TEST_F(CgroupDirectoryTest, LimitsInEitherVersion) {
  Put("memory.max", "max");
  ASSERT_TRUE(Directory().SetMemoryLimit(5));
  EXPECT_EQ(Get("memory.max"), "5");

  Put("memory.limit_in_bytes", "0");
  Put("memory.memsw.limit_in_bytes", "0");
  ASSERT_TRUE(Directory().SetMemoryLimit(7));
  EXPECT_EQ(Get("memory.limit_in_bytes"), "7");
  EXPECT_EQ(Get("memory.memsw.limit_in_bytes"), "7");
}

TEST_F(CgroupDirectoryTest, LimitsProcessesWhereTheyAreCounted) {
  EXPECT_FALSE(Directory().HasProcesses());
  EXPECT_FALSE(Directory().SetProcessLimit(9));

  Put("pids.max", "max");

  EXPECT_TRUE(Directory().HasProcesses());
  ASSERT_TRUE(Directory().SetProcessLimit(9));
  EXPECT_EQ(Get("pids.max"), "9");
}

TEST_F(CgroupDirectoryTest, PortionsTimeOutInVersion1) {
  EXPECT_FALSE(Directory().HasCpu());
  Put("cpu.cfs_quota_us", "-1");
  Put("cpu.cfs_period_us", "50000");

  EXPECT_TRUE(Directory().HasCpu());
  ASSERT_TRUE(Directory().SetCpuQuota(0.35));
  EXPECT_EQ(GetLine("cpu.cfs_quota_us"), "35000");
  EXPECT_EQ(GetLine("cpu.cfs_period_us"), "100000");

  ASSERT_TRUE(Directory().LiftCpuQuota());
  EXPECT_EQ(GetLine("cpu.cfs_quota_us"), "-1");
}

TEST_F(CgroupDirectoryTest, PortionsTimeOutInVersion2) {
  Put("cpu.max", "max 100000");

  EXPECT_TRUE(Directory().HasCpu());
  ASSERT_TRUE(Directory().SetCpuQuota(2.5));
  EXPECT_EQ(GetLine("cpu.max"), "250000 100000");

  ASSERT_TRUE(Directory().LiftCpuQuota());
  EXPECT_EQ(GetLine("cpu.max"), "max");
}

TEST_F(CgroupDirectoryTest, PortionsNothingOutThatTheKernelWouldRefuse) {
  Put("cpu.max", "max 100000");

  ASSERT_TRUE(Directory().SetCpuQuota(1e-9));
  EXPECT_EQ(GetLine("cpu.max"), "1000 100000");
  ASSERT_TRUE(Directory().SetCpuQuota(1e300));
  EXPECT_EQ(GetLine("cpu.max"), "1000000000 100000");
}

TEST_F(CgroupDirectoryTest, PortionsNothingOutWhereNobodyCan) {
  EXPECT_FALSE(Directory().SetCpuQuota(1));
  EXPECT_FALSE(Directory().LiftCpuQuota());
}

TEST_F(CgroupDirectoryTest, ListsItsMembers) {
  EXPECT_THAT(Directory().Members(), IsEmpty());

  Put("cgroup.procs", "12\n345\n");

  EXPECT_THAT(Directory().Members(), ElementsAre(12, 345));
}

TEST_F(CgroupDirectoryTest, KillsItsMembersButNotThisProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  Put("cgroup.procs", std::to_string(::getpid()) + "\n" + std::to_string(child) + "\n999999999\n");

  EXPECT_THAT(Directory().KillMembers(), SizeIs(1));

  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

}  // namespace
}  // namespace openfc
