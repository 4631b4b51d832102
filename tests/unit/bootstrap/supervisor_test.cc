// How rloader starts the runtime; what it does with it afterwards is tests/integration/rloader's.

#include "bootstrap/rloader/supervisor.h"

#include "runtime/base/unique_fd.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <array>

namespace openfc::bootstrap {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Optional;

class RuntimeCommandTest : public ::testing::Test {
 protected:
  ChildCommand Command(const Environment& environment = {}) {
    return RuntimeCommand(settings_, "/b", environment,
                          {.page = 70, .timer = 71, .stacks = 72, .wake = 73});
  }

  Settings settings_;
};

auto Handed(int ours, int theirs) {
  return AllOf(Field(&HandedDescriptor::ours, ours), Field(&HandedDescriptor::theirs, theirs));
}

TEST_F(RuntimeCommandTest, HandsThePageTheTimerAndThePipesDown) {
  const ChildCommand command = Command();

  EXPECT_THAT(command.descriptors,
              ElementsAre(Handed(70, 3), Handed(71, 4), Handed(72, 5), Handed(73, 6)));
  EXPECT_THAT(command.environment, ElementsAre("OPENFC_PAGE_FD=3", "OPENFC_STACKS_FD=5",
                                               "OPENFC_TIMER_FD=4", "OPENFC_WAKE_FD=6"));
}

TEST_F(RuntimeCommandTest, HandsTheSocketsOfTheHttpModeDown) {
  const ChildCommand command = RuntimeCommand(
      settings_, "/b", {},
      {.page = 70, .timer = 71, .stacks = 72, .wake = 73, .listen = 74, .metrics = 75});

  EXPECT_THAT(command.descriptors, ::testing::Contains(Handed(74, 7)));
  EXPECT_THAT(command.descriptors, ::testing::Contains(Handed(75, 8)));
  EXPECT_THAT(command.environment, ::testing::Contains("OPENFC_LISTEN_FD=7"));
  EXPECT_THAT(command.environment, ::testing::Contains("OPENFC_METRICS_FD=8"));
}

TEST_F(RuntimeCommandTest, LeavesThePlatformsLogWhereItIs) {
  const UniqueFd log(::open("/dev/null", O_WRONLY));
  for (const auto& [number, expected] : std::vector<std::pair<int, std::array<int, 4>>>{
           {3, {4, 5, 6, 7}}, {4, {3, 5, 6, 7}}, {5, {3, 4, 6, 7}}, {6, {3, 4, 5, 7}}}) {
    const UniqueFd kept(::fcntl(number, F_DUPFD, 20));  // What the test has there itself.
    ASSERT_EQ(::dup2(log.get(), number), number);

    const ChildCommand command = Command({{"_FC_LOG_FD", std::to_string(number)}});

    ::close(number);
    if (kept.is_open()) ::dup2(kept.get(), number);
    EXPECT_THAT(command.descriptors, ElementsAre(Handed(number, number), Handed(70, expected[0]),
                                                 Handed(71, expected[1]), Handed(72, expected[2]),
                                                 Handed(73, expected[3])));
  }
}

TEST_F(RuntimeCommandTest, PassesTheEnvironmentOnButForTheNumbers) {
  const ChildCommand command = Command({{"A", "1"}, {"OPENFC_PAGE_FD", "77"}});

  EXPECT_THAT(command.environment, ElementsAre("A=1", "OPENFC_PAGE_FD=3", "OPENFC_STACKS_FD=5",
                                               "OPENFC_TIMER_FD=4", "OPENFC_WAKE_FD=6"));
}

TEST_F(RuntimeCommandTest, KeepsTheRuntimeApartAndTied) {
  const ChildCommand command = Command();

  EXPECT_EQ(command.program, "/b");
  EXPECT_TRUE(command.has_own_group);
  EXPECT_THAT(command.death_signal, Optional(SIGKILL));
  EXPECT_EQ(command.input, ChildInput::kNull);
  EXPECT_THAT(command.cgroup_procs_files, IsEmpty());
}

TEST_F(RuntimeCommandTest, PutsTheRuntimeIntoTheCgroup) {
  settings_.cgroup = "/cg/fn";

  EXPECT_THAT(Command().cgroup_procs_files, ElementsAre("/cg/fn/cgroup.procs"));
}

TEST_F(RuntimeCommandTest, PutsTheRuntimeIntoEachCgroupOnce) {
  settings_.cgroup = "/cg/fn";
  settings_.pids_cgroup = "/pids/fn";
  EXPECT_THAT(Command().cgroup_procs_files,
              ElementsAre("/cg/fn/cgroup.procs", "/pids/fn/cgroup.procs"));

  settings_.cpu_cgroup = "/cpu/fn";
  EXPECT_THAT(Command().cgroup_procs_files,
              ElementsAre("/cg/fn/cgroup.procs", "/pids/fn/cgroup.procs", "/cpu/fn/cgroup.procs"));

  settings_.pids_cgroup = "/cg/fn";
  settings_.cpu_cgroup = "/cg/fn";
  EXPECT_THAT(Command().cgroup_procs_files, ElementsAre("/cg/fn/cgroup.procs"));
}

}  // namespace
}  // namespace openfc::bootstrap
