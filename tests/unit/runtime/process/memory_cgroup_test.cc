#include "runtime/process/memory_cgroup.h"

#include "tests/unit/runtime/process/shell_child.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

namespace openfc {
namespace {

using std::chrono_literals::operator""s;
using ::testing::Optional;
using ::testing::StartsWith;

constexpr std::int64_t kMegabyte = 1024 * 1024;

constexpr const char* kMountsOf1 =
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
constexpr const char* kMountsOf2 =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST(FindMemoryCgroupTest, PrefersVersion1WhereItHasMemory) {
  EXPECT_EQ(FindMemoryCgroup("5:devices:/\n4:memory:/a/b\n0::/c\n", kMountsOf1),
            "/sys/fs/cgroup/memory/a/b");
}

TEST(FindMemoryCgroupTest, FindsAControllerThatSharesAHierarchy) {
  EXPECT_EQ(
      FindMemoryCgroup("4:cpu,memory:/a\n", "35 31 0:32 / /cg rw - cgroup cgroup rw,cpu,memory\n"),
      "/cg/a");
}

TEST(FindMemoryCgroupTest, FindsVersion2) {
  EXPECT_EQ(FindMemoryCgroup("0::/user.slice/x\n", kMountsOf2), "/sys/fs/cgroup/user.slice/x");
  EXPECT_EQ(FindMemoryCgroup("0::/\n", kMountsOf2), "/sys/fs/cgroup");
}

TEST(FindMemoryCgroupTest, TakesTheMountsOwnTopOff) {
  EXPECT_EQ(FindMemoryCgroup("4:memory:/docker/x/y\n",
                             "35 31 0:32 /docker/x /cg ro - cgroup cgroup rw,memory\n"),
            "/cg/y");
}

TEST(FindMemoryCgroupTest, FindsNothingWithoutAMount) {
  EXPECT_EQ(FindMemoryCgroup("4:memory:/a\n", ""), std::nullopt);
  EXPECT_EQ(FindMemoryCgroup("", kMountsOf1), std::nullopt);
  EXPECT_EQ(FindMemoryCgroup("garbage", "more - garbage\n\n - \n"), std::nullopt);
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
  EXPECT_FALSE(Directory().SetLimit(1));
}

TEST_F(CgroupDirectoryTest, LimitsInEitherVersion) {
  Put("memory.max", "max");
  ASSERT_TRUE(Directory().SetLimit(5));
  EXPECT_EQ(Get("memory.max"), "5");

  Put("memory.limit_in_bytes", "0");
  Put("memory.memsw.limit_in_bytes", "0");
  ASSERT_TRUE(Directory().SetLimit(7));
  EXPECT_EQ(Get("memory.limit_in_bytes"), "7");
  EXPECT_EQ(Get("memory.memsw.limit_in_bytes"), "7");
}

TEST_F(CgroupDirectoryTest, IsNotMadeWhereMemoryIsNotHandedDown) {
  const auto made = MemoryCgroup::MakeBelow(path_, "fn", kMegabyte);

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "the cgroup '" + path_ + "' does not hand memory down");
  EXPECT_TRUE(std::filesystem::is_empty(path_));
}

TEST_F(CgroupDirectoryTest, IsNotMadeBelowNothing) {
  const auto made = MemoryCgroup::MakeBelow(path_ + "/no", "fn", kMegabyte);

  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, StartsWith("cannot make a cgroup below"));
}

TEST(MemoryCgroupTest, LimitsCountsAndGoesAway) {
  auto made = MemoryCgroup::Make("openfc-test", 64 * kMegabyte);
  if (!made) GTEST_SKIP() << "no memory cgroup can be made here: " << made.error().message;
  const CgroupDirectory directory = (*made)->directory();
  const auto kills_before = directory.OomKills();
  auto hungry = Shell("exec tail /dev/zero");  // Keeps everything until a newline that never comes.
  hungry.cgroup_procs_files = {directory.JoinFile()};

  auto child = StartChild(hungry);
  ASSERT_TRUE(child) << child.error().message;
  const auto end = (*child)->Await(Deadline::After(60s));
  const auto kills_after = directory.OomKills();
  const auto limit = directory.LimitBytes();
  made = Error{ErrorCode::kCancelled, "removed"};

  ASSERT_TRUE(end);
  EXPECT_EQ(end->signal, SIGKILL);
  EXPECT_THAT(limit, Optional(64 * kMegabyte));
  ASSERT_TRUE(kills_before && kills_after);
  EXPECT_EQ(*kills_after, *kills_before + 1);
  EXPECT_FALSE(std::filesystem::exists(directory.path()));
}

}  // namespace
}  // namespace openfc
