// `rloader --command -- ARGV`: the init of a program that is no runtime of ours.

#include "tests/integration/rloader/rloader_test.h"

#include <signal.h>
#include <sys/stat.h>

#include <cerrno>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class CommandTest : public RloaderTest {
 protected:
  void StartCommand(const std::vector<std::string>& command, const Environment& environment = {}) {
    ProgramOptions options = WithArguments({"--no-restart", "--command", "--"});
    options.arguments.insert(options.arguments.end(), command.begin(), command.end());
    options.environment = environment;
    options.folder = folder_.path();
    rloader_.emplace("rloader", options);
  }

  void StartShell(const std::string& script, const Environment& environment = {}) {
    StartCommand({"sh", "-c", script}, environment);
  }
};

TEST_F(CommandTest, EndsWithTheProgramsCode) {
  StartShell("echo hello; exit 3");

  ExpectEnd(3);
  EXPECT_EQ(Out(), "hello\n");
  EXPECT_EQ(Err(), "");
}

TEST_F(CommandTest, EndsWithTheProgramsSignal) {
  StartShell("kill -SEGV $$");

  ExpectEnd(128 + SIGSEGV);
}

TEST_F(CommandTest, HandsArgumentsFolderAndEnvironmentOn) {
  StartCommand({"sh", "-c", "echo \"$0 $1 $PORT\"; pwd", "--http", "--"},
               {{"PORT", "9000"}, {"FC_RUNTIME_API", "nonsense"}});

  ExpectEnd(0);
  EXPECT_EQ(Out(), "--http -- 9000\n" + folder_.path().string() + "\n");
}

TEST_F(CommandTest, HandsNoDescriptorOfItsOwnOn) {
  StartShell("ls /proc/self/fd | wc -l");

  ExpectEnd(0);
  EXPECT_EQ(NumberAfter("n " + Out(), "n "), 4);  // The fourth is the folder that ls reads.
}

TEST_F(CommandTest, NeedsNoPlatform) {
  StartShell("exit 0", {{"FC_RUNTIME_API", platform_.address()}});

  ExpectEnd(0);
  EXPECT_THAT(platform_.posts(), ::testing::IsEmpty());
}

TEST_F(CommandTest, EndsWhatTheProgramLeavesBehind) {
  StartShell("setsid sleep 1000 & sleep 1000 & exit 0");

  ExpectEnd(0);
}

TEST_F(CommandTest, ReapsOrphans) {
  StartShell("sh -c 'echo orphan $$ & exit 0'; while [ ! -e over ]; do sleep 0.01; done");
  ASSERT_TRUE(AwaitText("orphan"));
  const int orphan = NumberAfter(Out(), "orphan ");

  EXPECT_TRUE(AwaitEndOf(orphan));

  folder_.WriteFile("over", "");
  ExpectEnd(0);
}

TEST_F(CommandTest, PassesARequestToStopOn) {
  StartShell("trap 'echo told; exit 7' TERM; echo up; while :; do sleep 0.01; done");
  ASSERT_TRUE(AwaitText("up"));

  rloader_->Signal(SIGTERM);

  ExpectEnd(7);
  EXPECT_EQ(Out(), "up\ntold\n");
}

TEST_F(CommandTest, PassesAnInterruptOnAsOne) {
  StartShell("trap 'exit 8' INT; echo up; while :; do sleep 0.01; done");
  ASSERT_TRUE(AwaitText("up"));

  rloader_->Signal(SIGINT);

  ExpectEnd(8);
}

TEST_F(CommandTest, TellsTheProgramAloneNotItsGroup) {
  StartShell(
      "trap 'echo told; echo > over; wait; exit 0' TERM; "
      "sh -c 'trap \"echo child told\" TERM; echo up; while [ ! -e over ]; do sleep 0.01; done' & "
      "wait; wait");
  ASSERT_TRUE(AwaitText("up"));

  rloader_->Signal(SIGTERM);

  ExpectEnd(0);
  EXPECT_EQ(Out(), "up\ntold\n");
}

TEST_F(CommandTest, KillsTheTreeAfterTheGrace) {
  StartShell("trap '' TERM; echo up; while :; do sleep 0.01; done",
             {{"OPENFC_GRACE_SECONDS", "0"}});
  ASSERT_TRUE(AwaitText("up"));

  rloader_->Signal(SIGTERM);

  ExpectEnd(128 + SIGKILL);
}

TEST_F(CommandTest, HurriesAtTheSecondRequest) {
  StartShell("trap 'echo told' TERM; echo up; while :; do sleep 0.01; done",
             {{"OPENFC_GRACE_SECONDS", "3600"}});
  ASSERT_TRUE(AwaitText("up"));
  rloader_->Signal(SIGTERM);
  ASSERT_TRUE(AwaitText("told"));

  rloader_->Signal(SIGTERM);

  ExpectEnd(128 + SIGKILL);
}

TEST_F(CommandTest, DoesNotObeyTheProgramItself) {
  StartShell("kill -TERM $PPID; echo up; while [ ! -e over ]; do sleep 0.01; done; exit 0");
  ASSERT_TRUE(AwaitText("stop_ignored signal=SIGTERM"));

  folder_.WriteFile("over", "");

  ExpectEnd(0);
}

class CommandForwardTest : public CommandTest, public ::testing::WithParamInterface<int> {};

TEST_P(CommandForwardTest, ReachesTheProgram) {
  StartShell("trap 'exit 9' " + std::to_string(GetParam()) +
             "; echo up; while :; do sleep 0.01; done");
  ASSERT_TRUE(AwaitText("up"));

  rloader_->Signal(GetParam());

  ExpectEnd(9);
}

INSTANTIATE_TEST_SUITE_P(Signals, CommandForwardTest,
                         ::testing::Values(SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT));

TEST_F(CommandTest, WatchesTheMemory) {
  StartCommand({"/usr/bin/python3", "-c", "import time; b = b'x' * (300 << 20); time.sleep(1000)"},
               {{"OPENFC_WATCH_MEMORY_MB", "150"}, {"OPENFC_MEMORY_LIMIT_MB", "128"}});

  ExpectEnd(128 + SIGKILL);
  EXPECT_THAT(Err(), HasSubstr("memory_limit_reached mb=128"));
}

TEST_F(CommandTest, AnotherEndIsNotTheMemorys) {
  StartShell("kill -KILL $$", {{"OPENFC_WATCH_MEMORY_MB", "10000"}});

  ExpectEnd(128 + SIGKILL);
  EXPECT_THAT(Err(), Not(HasSubstr("memory_limit_reached")));
}

TEST_F(CommandTest, SaysWhyAProgramCannotBeStarted) {
  StartCommand({"./bootstrap"});

  ExpectEnd(ENOENT);
  EXPECT_EQ(Err(), "rloader: cannot start the command: no such file: './bootstrap'\n");
}

TEST_F(CommandTest, SaysThatTheExecuteBitIsMissing) {
  folder_.WriteFile("bootstrap", "#!/bin/sh\n");

  StartCommand({"./bootstrap"});

  ExpectEnd(EACCES);
  EXPECT_THAT(Err(), StartsWith("rloader: cannot start the command: permission denied: "));
}

TEST_F(CommandTest, SaysThatTheLineEndsAreThoseOfWindows) {
  const auto file = folder_.WriteFile("bootstrap", "#!/bin/sh\r\nexit 0\r\n");
  ::chmod(file.c_str(), 0755);

  StartCommand({"./bootstrap"});

  ExpectEnd(ENOENT);
  EXPECT_THAT(Err(), HasSubstr("CRLF"));
}

}  // namespace
}  // namespace openfc::testing
