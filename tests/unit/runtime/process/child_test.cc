#include "runtime/process/child.h"

#include "runtime/process/processors.h"
#include "tests/unit/runtime/process/shell_child.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <tuple>

namespace openfc {
namespace {

using std::chrono_literals::operator""s;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Starts, or fails the test.
std::unique_ptr<Child> Started(const ChildCommand& command) {
  auto child = StartChild(command);
  EXPECT_TRUE(child) << child.error().message;
  return child ? *std::move(child) : nullptr;
}

ChildEnd EndOf(const ChildCommand& command) {
  const auto child = Started(command);
  return child ? child->Await(Deadline::After(30s)).value_or(ChildEnd{.exit_code = -1})
               : ChildEnd{.exit_code = -1};
}

std::string OutputOf(ChildCommand command) {
  Pipe pipe;
  command.output = pipe.in();
  const auto child = Started(command);
  return pipe.ReadAll();
}

/// What the file looks like from inside the child.
std::string StatusLine(const std::string& name) {
  return OutputOf(Shell("grep " + name + " /proc/self/status"));
}

class ExitCodeTest : public ::testing::TestWithParam<int> {};

TEST_P(ExitCodeTest, ReachesTheOneWhoWaits) {
  const ChildEnd end = EndOf(Shell("exit " + std::to_string(GetParam())));

  EXPECT_EQ(end.signal, 0);
  EXPECT_EQ(end.exit_code, GetParam());
  EXPECT_EQ(end.ShellCode(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Some, ExitCodeTest, ::testing::Values(0, 1, 2, 70, 126, 127, 128, 255));

class KillingSignalTest : public ::testing::TestWithParam<int> {};

TEST_P(KillingSignalTest, IsToldApartFromAnExit) {
  const ChildEnd end = EndOf(Shell("kill -" + std::to_string(GetParam()) + " $$"));

  EXPECT_EQ(end.signal, GetParam());
  EXPECT_EQ(end.ShellCode(), 128 + GetParam());
}

INSTANTIATE_TEST_SUITE_P(Some, KillingSignalTest,
                         ::testing::Values(SIGHUP, SIGKILL, SIGTERM, SIGSEGV, SIGPIPE));

TEST(ChildTest, KnowsItsPeakMemory) {
  const ChildEnd end = EndOf(Shell("exit 0"));

  EXPECT_GT(end.peak_memory_bytes, 100 * 1024);
  EXPECT_LT(end.peak_memory_bytes, 1024 * 1024 * 1024);
}

TEST(ChildTest, HasNoEndWhileItLives) {
  Pipe blocker;
  auto command = Shell("read line");
  command.descriptors = {{.ours = blocker.out(), .theirs = 0}};
  command.input = ChildInput::kInherit;
  const auto child = Started(command);

  EXPECT_FALSE(child->TryReap());
  EXPECT_FALSE(child->Await(Deadline::After(0s)));
  blocker.CloseIn();

  EXPECT_TRUE(child->Await(Deadline::After(30s)));
}

TEST(ChildTest, AnswersTheSameAfterItWasReaped) {
  const auto child = Started(Shell("exit 7"));

  const auto first = child->Await(Deadline::After(30s));
  const auto second = child->TryReap();

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->exit_code, 7);
  EXPECT_EQ(second->exit_code, 7);
}

TEST(ChildTest, IsSignalledUntilItEnds) {
  const auto child = Started(Shell("kill -STOP $$"));

  EXPECT_TRUE(child->Signal(SIGKILL));
  ASSERT_TRUE(child->Await(Deadline::After(30s)));

  EXPECT_FALSE(child->Signal(SIGKILL));
  EXPECT_EQ(child->TryReap()->signal, SIGKILL);
}

TEST(ChildTest, IsKilledAndReapedWithItsOwner) {
  Pipe held;
  auto command = Shell("read line");
  command.input = ChildInput::kInherit;
  command.descriptors = {{.ours = held.out(), .theirs = 0}};
  auto child = Started(command);
  const pid_t pid = child->pid();

  child.reset();

  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(ChildTest, EndsEvenIfSomebodyElseReapedIt) {
  const auto child = Started(Shell("exit 3"));
  ::waitpid(child->pid(), nullptr, 0);

  EXPECT_TRUE(child->TryReap());
}

TEST(StartChildTest, PassesArgumentsWithoutAShellBetween) {
  const auto command =
      ChildCommand{.program = "/usr/bin/printf", .arguments = {"[%s]", "a b", "$HOME", ""}};

  EXPECT_EQ(OutputOf(command), "[a b][$HOME][]");
}

TEST(StartChildTest, GivesTheEnvironmentThatWasAskedForAndNoMore) {
  const auto command = ChildCommand{.program = "/usr/bin/env", .environment = {"A=1", "B=2"}};

  EXPECT_EQ(OutputOf(command), "A=1\nB=2\n");
}

TEST(StartChildTest, EntersTheWorkingDirectory) {
  auto command = Shell("pwd");
  command.working_directory = "/usr/bin";

  EXPECT_EQ(OutputOf(command), "/usr/bin\n");
}

TEST(StartChildTest, ReadsNothingFromDevNullByDefault) {
  EXPECT_EQ(OutputOf(Shell("cat; echo done")), "done\n");
}

TEST(StartChildTest, KeepsOutputAndErrorsApart) {
  Pipe output;
  Pipe errors;
  auto command = Shell("echo out; echo err >&2");
  command.output = output.in();
  command.errors = errors.in();

  const auto child = Started(command);

  EXPECT_EQ(output.ReadAll(), "out\n");
  EXPECT_EQ(errors.ReadAll(), "err\n");
}

TEST(StartChildTest, JoinsOutputAndErrorsInOneSink) {
  Pipe both;
  auto command = Shell("echo out; echo err >&2");
  command.output = both.in();
  command.errors = both.in();

  const auto child = Started(command);

  EXPECT_EQ(both.ReadAll(), "out\nerr\n");
}

TEST(StartChildTest, HandsDescriptorsDownUnderTheirNumbers) {
  Pipe three;
  Pipe nine;
  auto command = Shell("echo three >&3; echo nine >&9");
  command.descriptors = {{.ours = three.in(), .theirs = 3}, {.ours = nine.in(), .theirs = 9}};

  const auto child = Started(command);

  EXPECT_EQ(three.ReadAll(), "three\n");
  EXPECT_EQ(nine.ReadAll(), "nine\n");
}

TEST(StartChildTest, SwapsDescriptorsThatStandInEachOthersPlace) {
  Pipe first;
  Pipe second;
  auto command = Shell("echo to-first >&" + std::to_string(second.in()) + "; echo to-second >&" +
                       std::to_string(first.in()));
  command.descriptors = {{.ours = first.in(), .theirs = second.in()},
                         {.ours = second.in(), .theirs = first.in()}};

  const auto child = Started(command);

  EXPECT_EQ(first.ReadAll(), "to-first\n");
  EXPECT_EQ(second.ReadAll(), "to-second\n");
}

TEST(StartChildTest, LeaksNoDescriptor) {
  const UniqueFd leaky(::open("/dev/null", O_RDONLY));  // Without O_CLOEXEC.
  ASSERT_TRUE(leaky.is_open());

  // ls itself opens 3, the folder that it lists.
  const ChildCommand command{.program = "/bin/ls", .arguments = {"/proc/self/fd"}};

  EXPECT_EQ(OutputOf(command), "0\n1\n2\n3\n");
}

TEST(StartChildTest, ResetsMaskAndDispositions) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const auto old = ::signal(SIGUSR1, SIG_IGN);

  const std::string blocked = StatusLine("SigBlk");
  const std::string ignored = StatusLine("SigIgn");
  ::signal(SIGUSR1, old);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);

  EXPECT_THAT(blocked, HasSubstr("0000000000000000"));
  EXPECT_THAT(ignored, HasSubstr("0000000000000000"));
}

TEST(StartChildTest, LeavesOurOwnMaskAsItWas) {
  sigset_t before;
  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);

  EndOf(Shell("exit 0"));

  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int signal = 1; signal < SIGRTMIN; ++signal) {
    EXPECT_EQ(::sigismember(&before, signal), ::sigismember(&after, signal)) << signal;
  }
}

TEST(StartChildTest, MakesAGroupOnRequest) {
  const std::string script = "read _ _ _ _ group _ </proc/self/stat; echo $group";
  auto grouped = Shell(script);
  grouped.has_own_group = true;

  EXPECT_NE(OutputOf(grouped), std::to_string(::getpgrp()) + "\n");
  EXPECT_EQ(OutputOf(Shell(script)), std::to_string(::getpgrp()) + "\n");
}

TEST(StartChildTest, TiesTheChildToItsParent) {
  // The middle process is a fork of ours that starts a child and ends at once: the child must go,
  // and with it the last writer of the pipe.
  Pipe pipe;
  const pid_t middle = ::fork();
  if (middle == 0) {
    auto command = Shell("echo started; kill -STOP $$");
    command.output = pipe.in();
    command.death_signal = SIGKILL;
    auto child = StartChild(command);
    ::_exit(child && pipe.ReadLine() == "started" ? 0 : 1);
  }

  int status = -1;
  ::waitpid(middle, &status, 0);

  EXPECT_EQ(status, 0);
  EXPECT_EQ(pipe.ReadAll(), "");
}

TEST(StartChildTest, JoinsEachCgroupBeforeTheProgramRuns) {
  const auto file = std::filesystem::temp_directory_path() / ("procs" + std::to_string(::getpid()));
  std::ofstream(file).close();
  auto command = Shell("cat " + file.string());
  command.cgroup_procs_files = {file.string()};

  const std::string seen = OutputOf(command);
  std::filesystem::remove(file);

  EXPECT_EQ(seen, "0");  // "The one who writes", in the words of cgroup.procs.
}

/// The processors of a child, and of a child of its own.
std::string ProcessorsLines(ProcessorBounds processors) {
  ChildCommand command = Shell(
      "grep Cpus_allowed_list /proc/self/status; sh -c 'exec grep "
      "Cpus_allowed_list /proc/self/status'");
  command.processors = std::move(processors);
  return OutputOf(command);
}

TEST(StartChildTest, KeepsTheProgramAndAllBelowItOnTheProcessorsThatWereChosen) {
  const std::string last = std::to_string(AllowedProcessors().back());

  EXPECT_EQ(ProcessorsLines({.numbers = {AllowedProcessors().back()}}),
            "Cpus_allowed_list:\t" + last + "\nCpus_allowed_list:\t" + last + "\n");
}

TEST(StartChildTest, KeepsAllOfItOnAsFewProcessorsAsItMayHave) {
  const std::string seen = ProcessorsLines({.most = 1});

  const auto middle = seen.find('\n') + 1;
  EXPECT_EQ(seen.substr(0, middle), seen.substr(middle));
  EXPECT_THAT(seen.substr(0, middle), ::testing::MatchesRegex("Cpus_allowed_list:\t[0-9]+\n"));
  EXPECT_EQ(ProcessorsLines({.most = AllowedProcessors().size()}), ProcessorsLines({}));
}

TEST(StartChildTest, LeavesOurOwnProcessorsAlone) {
  const std::vector<int> before = AllowedProcessors();

  (void)ProcessorsLines({.numbers = {before.back()}});

  EXPECT_EQ(AllowedProcessors(), before);
  EXPECT_EQ(ProcessorsLines({}), ProcessorsLines({.numbers = before}));
}

TEST(StartChildTest, RunsAllTheSameWhereTheProcessorsCannotBeHad) {
  constexpr int kNone = 1000;  // Of 1024 that a set can name.
  if (AllowedProcessors().back() >= kNone) GTEST_SKIP() << "this machine has that many";

  EXPECT_EQ(ProcessorsLines({.numbers = {kNone}}), ProcessorsLines({}));
}

struct Hopeless {
  const char* name;
  ChildCommand command;
  const char* sentence;
};

class FailedStartTest : public ::testing::TestWithParam<Hopeless> {};

TEST_P(FailedStartTest, IsASentenceAndLeavesNoProcess) {
  const auto child = StartChild(GetParam().command);

  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, ErrorCode::kSystem);
  EXPECT_EQ(child.error().message, GetParam().sentence);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

INSTANTIATE_TEST_SUITE_P(
    Each, FailedStartTest,
    ::testing::Values(
        Hopeless{"NoProgram",
                 {.program = "/no/such"},
                 "cannot run '/no/such': No such file or directory"},
        Hopeless{"NotExecutable",
                 {.program = "/etc/passwd"},
                 "cannot run '/etc/passwd': Permission denied"},
        Hopeless{"AFolder", {.program = "/usr"}, "cannot run '/usr': Permission denied"},
        Hopeless{"NoDirectory",
                 {.program = "/bin/true", .working_directory = "/no/such"},
                 "cannot start '/bin/true': cannot enter '/no/such': No such file or directory"},
        Hopeless{"NoCgroup",
                 {.program = "/bin/true", .cgroup_procs_files = {"/no/such/cgroup.procs"}},
                 "cannot start '/bin/true': cannot open '/no/such/cgroup.procs': No such file or "
                 "directory"},
        Hopeless{"FullCgroup",
                 {.program = "/bin/true", .cgroup_procs_files = {"/dev/full"}},
                 "cannot start '/bin/true': cannot join its cgroup: No space left on device"},
        Hopeless{"ClosedDescriptor",
                 {.program = "/bin/true", .descriptors = {{.ours = 999, .theirs = 5}}},
                 "cannot start '/bin/true': cannot hand its descriptors down: Bad file "
                 "descriptor"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace openfc
