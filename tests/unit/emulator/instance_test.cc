#include "emulator/instance.h"

#include "runtime/process/proc_files.h"
#include "runtime/process/process_tree.h"
#include "runtime/process/processors.h"
#include "runtime/process/tree_cgroup.h"
#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace openfc::emulator {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// With a shell script in rloader's place.
class InstanceTest : public ::testing::Test {
 protected:
  std::unique_ptr<Instance> Start(const std::string& script) {
    const auto program = folder_.WriteFile("rloader", "#!/bin/sh\n" + script);
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    options_.rloader = program.string();
    options_.code_path = folder_.path().string();
    options_.environment.emplace("PATH", "/usr/bin:/bin");
    auto instance = Instance::Start(options_);
    if (!instance) throw std::runtime_error(instance.error().message);
    return *std::move(instance);
  }

  /// Everything up to the end of the log.
  static std::string ReadLog(Instance& instance) {
    const UniqueFd log = instance.TakeLog();
    std::string text;
    std::array<char, 4096> buffer;
    for (;;) {
      pollfd entry{.fd = log.get(), .events = POLLIN, .revents = 0};
      ::poll(&entry, 1, -1);
      const ssize_t count = ::read(log.get(), buffer.data(), buffer.size());
      if (count <= 0) return text;
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

  static bool CountsProcesses() {
    const auto place = FindOwnCgroupPlace();
    const auto made = place ? TreeCgroup::Make(*place, "openfc-test-") : place.error();
    return made && (*made)->processes() != nullptr;
  }

  openfc::testing::TempDir folder_;
  InstanceOptions options_;
};

TEST_F(InstanceTest, JoinsBothStreamsInTheLog) {
  const auto instance = Start("echo out; echo err >&2; echo out again");

  EXPECT_EQ(ReadLog(*instance), "out\nerr\nout again\n");
}

TEST_F(InstanceTest, RunsInTheCodeFolderWithItsEnvironmentAlone) {
  options_.environment = {{"MODE", "test"}};

  const auto instance = Start("pwd; echo \"$MODE $HOME $*\"");

  EXPECT_EQ(ReadLog(*instance), folder_.path().string() + "\ntest  --no-restart\n");
}

TEST_F(InstanceTest, PassesTheProgramOfTheUserOn) {
  options_.bootstrap = "/some/program";

  const auto instance = Start("echo \"$*\"");

  EXPECT_EQ(ReadLog(*instance), "--no-restart --bootstrap /some/program\n");
}

TEST_F(InstanceTest, TellsTheMemoryLimitAndHowItIsKept) {
  options_.memory_mb = 192;

  const auto instance =
      Start("echo $OPENFC_MEMORY_LIMIT_MB; echo ${OPENFC_CGROUP:+cgroup}$OPENFC_WATCH_MEMORY_MB");

  EXPECT_EQ(ReadLog(*instance), instance->NeedsSamples() ? "192\n192\n" : "192\ncgroup\n");
}

TEST_F(InstanceTest, TellsHowItEnded) {
  const auto instance = Start("exit 7");
  ReadLog(*instance);
  pollfd entry{.fd = instance->pidfd(), .events = POLLIN, .revents = 0};
  ::poll(&entry, 1, -1);

  ASSERT_TRUE(instance->TryReap().has_value());
  EXPECT_EQ(instance->TryReap()->exit_code, 7);
}

TEST_F(InstanceTest, LeavesNothingBehind) {
  {
    const auto instance = Start(
        "trap '' TERM INT HUP\n"
        "sleep 1000 & setsid sleep 1000 & (setsid sleep 1000 &)\n"
        "echo ready; exec 1>&- 2>&-\n"
        "while :; do sleep 1000; done");
    // The sleepers hold the log open; what is awaited is the line.
    const UniqueFd log = instance->TakeLog();
    pollfd entry{.fd = log.get(), .events = POLLIN, .revents = 0};
    ::poll(&entry, 1, -1);
  }

  EXPECT_THAT(LivingDescendants(::getpid()), IsEmpty());
}

TEST_F(InstanceTest, TellsWhereProcessesAreCountedAndHowMany) {
  options_.processes = 77;
  const auto instance = Start("cat \"$OPENFC_PIDS_CGROUP/pids.max\" || echo none");
  if (!CountsProcesses()) GTEST_SKIP() << "nobody counts processes here";

  EXPECT_EQ(ReadLog(*instance), "77\n");
}

TEST_F(InstanceTest, TellsWhichProcessorsAreTheFunctionsAndStaysFreeItself) {
  const std::vector<int> all = AllowedProcessors();
  options_.processors = {.numbers = {all.front(), all.back()}, .most = 1};

  const auto instance = Start(
      "echo $OPENFC_PROCESSORS $OPENFC_MOST_PROCESSORS;"
      " nproc");

  EXPECT_EQ(ReadLog(*instance), std::to_string(all.front()) + "," + std::to_string(all.back()) +
                                    " 1\n" + std::to_string(all.size()) + "\n");
}

TEST_F(InstanceTest, TellsWhereTimeIsPortionedOutWhenThatIsWanted) {
  const auto place = FindOwnCgroupPlace(CpuQuota::kWanted);
  const auto made = place ? TreeCgroup::Make(*place, "openfc-test-") : place.error();
  if (!made || (*made)->cpu() == nullptr) GTEST_SKIP() << "nobody portions time out here";
  options_.cpu = 0.25;

  const auto instance =
      Start("cd $OPENFC_CPU_CGROUP; cat cpu.cfs_quota_us 2>/dev/null || cut -d' ' -f1 cpu.max");

  EXPECT_EQ(ReadLog(*instance), "25000\n");
}

TEST_F(InstanceTest, HasNoCgroupForTimeThatNobodyLimits) {
  const auto instance = Start("echo ${OPENFC_CPU_CGROUP:-none}");

  EXPECT_EQ(ReadLog(*instance), "none\n");
}

TEST_F(InstanceTest, LeavesNobodyInItsCgroupWhenRloaderHasEnded) {
  if (!CountsProcesses()) GTEST_SKIP() << "nobody counts processes here";
  options_.household = Household::kShared;
  auto instance = Start(
      "echo 0 > $OPENFC_PIDS_CGROUP/cgroup.procs; echo $OPENFC_PIDS_CGROUP; setsid sleep 1000 "
      ">/dev/null 2>&1 & exit 0");
  const std::string cgroup = ReadLog(*instance);
  pollfd entry{.fd = instance->pidfd(), .events = POLLIN, .revents = 0};
  ::poll(&entry, 1, -1);

  instance.reset();

  EXPECT_FALSE(std::filesystem::exists(cgroup.substr(0, cgroup.size() - 1)));
  EXPECT_THAT(LivingDescendants(::getpid()), IsEmpty());
}

TEST_F(InstanceTest, SaysWhenRloaderIsNotThere) {
  options_.rloader = "/no/such/rloader";
  options_.code_path = folder_.path().string();

  const auto instance = Instance::Start(options_);

  ASSERT_FALSE(instance.has_value());
  EXPECT_THAT(instance.error().message, HasSubstr("/no/such/rloader"));
}

}  // namespace
}  // namespace openfc::emulator
