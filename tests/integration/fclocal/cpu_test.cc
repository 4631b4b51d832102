// How much of the processors an instance has: which ones it runs on, and how much of their time.

#include "runtime/process/cgroup_directory.h"
#include "runtime/process/proc_files.h"
#include "runtime/process/processors.h"
#include "runtime/process/tree_cgroup.h"
#include "tests/integration/fclocal/start_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Ne;
using ::testing::StartsWith;

/// Answers with the processors that it runs on.
constexpr const char* kProcessors =
    "def handler(event, context):\n"
    "    return ' '.join(str(n) for n in sorted(os.sched_getaffinity(0)))\n";

/// The event is `FOLDER:CONTROLLER:FILE`: answers with that file of the cgroup below the folder
/// that was made for it, or with nothing when none was.
constexpr const char* kQuota =
    "def handler(event, context):\n"
    "    folder, controller, file = event.decode().split(':')\n"
    "    for line in open('/proc/self/cgroup'):\n"
    "        _, names, path = line.strip().split(':')\n"
    "        name = os.path.basename(path)\n"
    "        if controller in names.split(',') and name.startswith('openfc-instance-'):\n"
    "            return open(os.path.join(folder, name, file)).read()\n"
    "    return ''\n";

std::size_t AtMost(std::size_t count) { return std::min(count, AllowedProcessors().size()); }

class CpuTest : public StartTest {
 protected:
  /// The function's own answer, of one invocation.
  std::string AnswerOf(Words words) {
    words.emplace_back("--quiet");
    const Invoked invoked = Run(words);
    EXPECT_EQ(invoked.exit_code, 0) << invoked.err;
    EXPECT_TRUE(invoked.survivors.empty());
    return invoked.out;
  }

  static std::size_t CountIn(const std::string& answer) {
    return static_cast<std::size_t>(std::count(answer.begin(), answer.end(), ' ')) + 1;
  }

  /// For the function above. Nothing where nobody portions time out.
  static std::optional<std::string> QuotaEvent() {
    const auto place = FindOwnCgroupPlace(CpuQuota::kWanted);
    const auto made = place ? TreeCgroup::Make(*place, "openfc-test-") : place.error();
    const CgroupDirectory* const cpu = made ? (*made)->cpu() : nullptr;
    if (cpu == nullptr) return std::nullopt;
    const std::filesystem::path path = cpu->path();
    const bool is_first = std::filesystem::exists(path / "cpu.cfs_quota_us");
    return path.parent_path().string() + (is_first ? ":cpu:cpu.cfs_quota_us" : "::cpu.max");
  }
};

TEST_F(CpuTest, IsOneProcessorByDefault) {
  Define(kProcessors);

  EXPECT_EQ(CountIn(AnswerOf({})), 1U);
}

TEST_F(CpuTest, IsAsManyProcessorsAsTheShareBegins) {
  Define(kProcessors, "      cpu: 1.5\n      memorySize: 2048\n");

  EXPECT_EQ(CountIn(AnswerOf({})), AtMost(2));
  EXPECT_EQ(CountIn(AnswerOf({"--cpu", "1"})), 1U);
  EXPECT_EQ(CountIn(AnswerOf({"--cpu", "2"})), AtMost(2));
}

TEST_F(CpuTest, IsOneProcessorOfAnInstanceThatStays) {
  Define(kProcessors);
  Begin();

  const std::string answer = InvokeF().body;

  EXPECT_EQ(answer, std::to_string(AllowedProcessors().back()));
  EXPECT_EQ(InvokeF().body, answer);
}

TEST_F(CpuTest, IsAnotherProcessorOfTheNextInstance) {
  if (AllowedProcessors().size() < 2) GTEST_SKIP() << "there is one processor";
  Define(
      "def handler(event, context):\n"
      "    open(event.decode()).read()\n"
      "    return str(os.sched_getaffinity(0))\n");
  Begin();

  const auto [one, two] = AnswersOfTwoAtOnce();

  EXPECT_THAT(one, Ne(two));
}

TEST_F(CpuTest, IsWhatAnOptionSaysOfAllThatIsServed) {
  Define(kProcessors, "      memorySize: 2048\n");
  Begin({"--cpu", "2"});

  EXPECT_EQ(CountIn(InvokeF().body), AtMost(2));
}

TEST_F(CpuTest, IsWhatTheFileSaysOnceItChanges) {
  Define(kProcessors, "      memorySize: 2048\n");
  Begin();
  ASSERT_EQ(CountIn(InvokeF().body), 1U);

  Define(kProcessors, "      memorySize: 2048\n      cpu: 2\n");

  while (CountIn(InvokeF().body) != AtMost(2)) {
  }
  EXPECT_EQ(CountIn(InvokeF().body), AtMost(2));
}

TEST_F(CpuTest, IsHowManyProcessesServeWhenThatIsLeftToUs) {
  if (!std::filesystem::exists("/proc/self/task/" + std::to_string(::getpid()) + "/children")) {
    GTEST_SKIP() << "this kernel does not list children";
  }
  Define(
      "def handler(event, context):\n"
      "    while True:\n"
      "        parent = os.getppid()\n"
      "        children = open(f'/proc/{parent}/task/{parent}/children').read().split()\n"
      "        if len(children) >= int(event): return str(len(children))\n",
      "      memorySize: 2048\n      instanceConcurrency: 4\n"
      "      environmentVariables: {OPENFC_WORKERS: auto}\n");
  const std::string two = std::to_string(AtMost(2));

  EXPECT_EQ(AnswerOf({"-e", two, "--cpu", "2", "--timeout", "600"}), two);
  EXPECT_EQ(AnswerOf({"-e", "1"}), "1");
}

TEST_F(CpuTest, IsAQuotaOfTimeWhenItIsSaid) {
  const auto event = QuotaEvent();
  if (!event) GTEST_SKIP() << "nobody portions time out here";
  Define(kQuota, "      cpu: 0.2\n      memorySize: 256\n");

  EXPECT_THAT(AnswerOf({"-e", *event}), StartsWith("20000"));
  EXPECT_THAT(AnswerOf({"-e", *event, "--cpu", "0.1"}), StartsWith("10000"));
}

TEST_F(CpuTest, IsAQuotaOfTimeOfAnInstanceThatStays) {
  const auto event = QuotaEvent();
  if (!event) GTEST_SKIP() << "nobody portions time out here";
  Define(kQuota, "      cpu: 0.1\n      memorySize: 256\n");
  Begin();

  EXPECT_THAT(InvokeF(*event).body, StartsWith("10000"));
  EXPECT_TRUE(StopIt().survivors.empty());
}

TEST_F(CpuTest, IsNoQuotaWhenNothingIsSaid) {
  const auto event = QuotaEvent();
  if (!event) GTEST_SKIP() << "nobody portions time out here";
  Define(kQuota);

  const std::string answer = AnswerOf({"-e", *event});

  EXPECT_TRUE(answer.empty() || answer.starts_with("max")) << answer;
}

TEST_F(CpuTest, EndsAFunctionThatHasUsedItsTimeUp) {
  Define("def handler(event, context):\n    while True: pass\n",
         "      cpu: 0.05\n      memorySize: 128\n      timeout: 1\n");

  const Invoked invoked = Run({"--json"});

  EXPECT_EQ(invoked.exit_code, 4) << invoked.err;
  EXPECT_EQ(invoked.json()["errorType"], "FunctionTimeout");
  EXPECT_TRUE(invoked.survivors.empty());
}

TEST_F(CpuTest, IsCheckedAsThatOfTheFile) {
  Define(kProcessors);

  EXPECT_THAT(Run({"--cpu", "0.01"}).err,
              HasSubstr("the cpu is 0.01, but the platform takes 0.05 to 16 in steps of 0.05"));
  EXPECT_THAT(RunCommand({"start", "--cpu", "0.01"}).err,
              HasSubstr("the cpu is 0.01, but the platform takes 0.05 to 16 in steps of 0.05"));
  EXPECT_THAT(RunCommand({"start", "--cpu", "much"}).err,
              HasSubstr("--cpu is 'much', but must be a number of processors, more than 0"));
}

}  // namespace
}  // namespace openfc::testing
