// How rloader knows that a memory limit took the runtime down (fc-runtime-api.md, section 9).

#include "runtime/process/tree_cgroup.h"
#include "tests/integration/rloader/rloader_test.h"

#include <fstream>

namespace openfc::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::int64_t kMegabyte = 1024 * 1024;

using MemoryTest = RloaderTest;

TEST_F(MemoryTest, OverTheWatchedLimitIsOutOfMemory) {
  Start("poll receive:r-1 run:r-1 eat:300 wait; poll say:second wait", {},
        {{"OPENFC_WATCH_MEMORY_MB", "150"}});

  const Request post = PostFor("r-1");

  EXPECT_EQ(TypeOf(post), "OutOfMemory");
  EXPECT_THAT(MessageOf(post), EndsWith("): memory limit of 150 MB reached"));
  EXPECT_TRUE(AwaitText("second"));
}

TEST_F(MemoryTest, NamesTheLimitAsItIsTold) {
  Start("poll receive:r-1 run:r-1 eat:300 wait; poll wait", {},
        {{"OPENFC_WATCH_MEMORY_MB", "150"}, {"OPENFC_MEMORY_LIMIT_MB", "128"}});

  EXPECT_THAT(MessageOf(PostFor("r-1")), EndsWith("): memory limit of 128 MB reached"));
}

TEST_F(MemoryTest, BelowTheLimitIsNobodysConcern) {
  Start("poll receive:r-1 run:r-1 exit:3; poll wait", {}, {{"OPENFC_WATCH_MEMORY_MB", "10000"}});

  EXPECT_EQ(TypeOf(PostFor("r-1")), "ProcessExited");
}

/// A cgroup of 64 MB for the runtime.
class CgroupTest : public RloaderTest {
 protected:
  void SetUp() override {
    const auto place = FindOwnCgroupPlace();
    if (!place) GTEST_SKIP() << "no cgroup here: " << place.error().message;
    auto made = TreeCgroup::Make(*place, "openfc-rloader-test-");
    if (!made) GTEST_SKIP() << "no cgroup can be made here: " << made.error().message;
    cgroup_ = *std::move(made);
    ASSERT_TRUE(cgroup_->SetLimits({.memory_bytes = 64 * kMegabyte}));
  }
  // The cgroup goes after what lives in it.
  void TearDown() override { rloader_.reset(); }

  Environment Limited() const { return {{"OPENFC_CGROUP", cgroup_->memory().path()}}; }
  Environment Counted() const { return {{"OPENFC_PIDS_CGROUP", cgroup_->processes()->path()}}; }

  std::unique_ptr<TreeCgroup> cgroup_;
};

TEST_F(CgroupTest, HoldsTheRuntimeButNotRloader) {
  Start("poll pid wait", {}, Limited());
  ASSERT_TRUE(AwaitText("runtime "));

  EXPECT_THAT(cgroup_->memory().Members(), ElementsAre(NumberAfter(Out(), "runtime ")));
}

TEST_F(CgroupTest, KillsWhatIsOutOfMemory) {
  Start("poll receive:r-1 run:r-1 eat:300 wait; poll say:second wait", {}, Limited());

  const Request post = PostFor("r-1");

  EXPECT_EQ(TypeOf(post), "OutOfMemory");
  EXPECT_THAT(MessageOf(post), EndsWith("): memory limit of 64 MB reached"));
  EXPECT_TRUE(AwaitText("second"));
}

TEST_F(CgroupTest, IsNotBlamedForAnotherKill) {
  Start("poll receive:r-1 run:r-1 die-of:9; poll wait", {}, Limited());

  const Request post = PostFor("r-1");

  EXPECT_EQ(TypeOf(post), "ProcessExited");
  EXPECT_THAT(MessageOf(post), EndsWith(": killed by signal 9 (SIGKILL)"));
}

TEST_F(CgroupTest, IsNotBlamedTwice) {
  Start("poll receive:r-1 eat:300 wait; poll receive:r-2 die-of:9; poll wait", {}, Limited());

  EXPECT_EQ(TypeOf(PostFor("r-1")), "OutOfMemory");
  EXPECT_EQ(TypeOf(PostFor("r-2")), "ProcessExited");
}

TEST_F(CgroupTest, KeepsATreeFromForkingWhileItIsKilled) {
  if (cgroup_->processes() == nullptr) GTEST_SKIP() << "nobody counts processes here";
  Start("poll flee exit:3; poll say:second daemon wait", {}, Counted());

  ASSERT_TRUE(AwaitText("second"));

  EXPECT_THAT(Err(), Not(HasSubstr("tree_survives")));
  EXPECT_TRUE(AwaitText("daemon ")) << "the next runtime may fork again";
  EXPECT_THAT(cgroup_->processes()->Members(), SizeIs(2));
}

TEST_F(CgroupTest, KeepsWhatACommandLeavesFromForkingWhileItIsKilled) {
  if (cgroup_->processes() == nullptr) GTEST_SKIP() << "nobody counts processes here";
  ProgramOptions options = WithArguments({"--command", "--", "/usr/bin/python3", "-c",
                                          "import os, time\n"
                                          "end = time.monotonic() + 20\n"
                                          "if os.fork(): os._exit(0)\n"
                                          "while time.monotonic() < end:\n"
                                          "    if os.fork(): os._exit(0)\n"
                                          "    os.setsid()\n"});
  options.environment = Counted();
  rloader_.emplace("rloader", options);

  ExpectEnd(0);

  EXPECT_EQ(Err(), "");
  EXPECT_THAT(cgroup_->processes()->Members(), IsEmpty());
}

// rloader's own
// ------------------------------------------------------------------------------------

TEST_F(MemoryTest, OfRloaderItselfStaysUnderTwoMegabytesInOneThread) {
  if (ProgramsHaveSanitizer("address") || ProgramsHaveSanitizer("thread")) {
    GTEST_SKIP() << "a sanitizer has memory and threads of its own";
  }
  Start("poll receive:r-1 exit:3; poll say:second wait");
  PostFor("r-1");
  ASSERT_TRUE(AwaitText("second"));
  const std::string own = "/proc/" + std::to_string(rloader_->pid());

  std::int64_t private_kb = -1;
  std::string word;
  std::ifstream rollup(own + "/smaps_rollup");
  while (rollup >> word) {
    if (word == "Private_Dirty:") rollup >> private_kb;
  }
  RecordProperty("private_dirty_kb", std::to_string(private_kb));

  EXPECT_GT(private_kb, 0);
  EXPECT_LT(private_kb, 2048);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(own + "/task"), {}), 1);
}

}  // namespace
}  // namespace openfc::testing
