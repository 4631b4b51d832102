// What rloader does about signals (fc-runtime-api.md, section 9, "Stopping").

#include "tests/integration/rloader/rloader_test.h"

#include <pty.h>
#include <signal.h>
#include <sys/wait.h>

#include <fstream>

namespace openfc::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class StopTest : public RloaderTest, public ::testing::WithParamInterface<int> {
 protected:
  int exit_code() const { return 128 + GetParam(); }
};

TEST_P(StopTest, DrainsARuntimeThatGoesByItself) {
  Program& rloader = Start("poll await-drain exit:0");
  ASSERT_TRUE(AwaitText("ready"));

  rloader.Signal(GetParam());

  ExpectEnd(exit_code());
  EXPECT_EQ(Out(), "ready\ndraining\n");
  EXPECT_THAT(platform_.posts(), IsEmpty());
}

TEST_P(StopTest, LetsTheWorkBeFinished) {
  Program& rloader = Start("poll receive:r-1 run:r-1 await-drain post:r-1 free:r-1 exit:0");
  ASSERT_TRUE(AwaitText("ready"));

  rloader.Signal(GetParam());

  ExpectEnd(exit_code());
  EXPECT_THAT(platform_.posts(), IsEmpty());
}

TEST_P(StopTest, AnswersWhatDidNotFinishInTime) {
  Program& rloader =
      Start("deaf poll receive:r-1 run:r-1 say:up wait", {}, {{"OPENFC_GRACE_SECONDS", "0"}});
  ASSERT_TRUE(AwaitText("up"));

  rloader.Signal(GetParam());

  ExpectEnd(exit_code());
  const Request post = PostFor("r-1");
  EXPECT_EQ(TypeOf(post), "ProcessExited");
  EXPECT_THAT(MessageOf(post), EndsWith("): instance stopped"));
  EXPECT_THAT(Out(), EndsWith("FC Invoke End RequestId: r-1, Error: Unhandled function error\n"));
}

TEST_P(StopTest, AnswersAsStoppedWhateverTheRuntimeDiesOfMeanwhile) {
  Program& rloader = Start("poll receive:r-1 run:r-1 await-drain exit:3");
  ASSERT_TRUE(AwaitText("ready"));

  rloader.Signal(GetParam());

  ExpectEnd(exit_code());
  EXPECT_THAT(MessageOf(PostFor("r-1")), EndsWith("): instance stopped"));
}

TEST_P(StopTest, HurriesAtTheSecondRequest) {
  Program& rloader =
      Start("deaf poll receive:r-1 say:up wait", {}, {{"OPENFC_GRACE_SECONDS", "3600"}});
  ASSERT_TRUE(AwaitText("up"));
  rloader.Signal(GetParam());
  ASSERT_TRUE(AwaitText("stopping"));

  rloader.Signal(SIGTERM);

  ExpectEnd(exit_code());
  EXPECT_THAT(platform_.PostsFor("r-1"), SizeIs(1));
}

TEST_P(StopTest, LeavesAPlatformThatHangsAtTheThirdRequest) {
  platform_.AnswerPost(Hang(Respond(200)));
  Program& rloader =
      Start("deaf poll receive:r-1 say:up wait", {}, {{"OPENFC_GRACE_SECONDS", "0"}});
  ASSERT_TRUE(AwaitText("up"));
  rloader.Signal(GetParam());
  ASSERT_TRUE(platform_.AwaitPosts(1));

  rloader.Signal(GetParam());

  ExpectEnd(exit_code());
}

TEST_P(StopTest, LeavesNothingOfTheTree) {
  Program& rloader =
      Start("daemon daemon deaf poll say:up wait", {}, {{"OPENFC_GRACE_SECONDS", "0"}});
  ASSERT_TRUE(AwaitText("up"));

  rloader.Signal(GetParam());

  ExpectEnd(exit_code());
}

TEST_P(StopTest, IsNotPassedOnToTheRuntime) {
  Program& rloader = Start("poll tell-signals");
  ASSERT_TRUE(AwaitText("ready"));

  rloader.Signal(GetParam());

  ExpectEnd(exit_code());
  EXPECT_EQ(Out(), "ready\n");
}

TEST_P(StopTest, IsIgnoredWhenTheRuntimeAsksForIt) {
  Program& rloader = Start("poll ask-parent:" + std::to_string(GetParam()) + " await-drain exit:0");

  ASSERT_TRUE(AwaitText("stop_ignored"));
  ASSERT_TRUE(AwaitText("ready"));
  EXPECT_THAT(Out(), Not(HasSubstr("draining")));

  rloader.Signal(GetParam());
  ExpectEnd(exit_code());
}

TEST_P(StopTest, ComesToAnInstanceWithoutRestartsAsWell) {
  Program& rloader = Start("poll await-drain exit:0", {"--no-restart"});
  ASSERT_TRUE(AwaitText("ready"));

  rloader.Signal(GetParam());

  ExpectEnd(exit_code());
}

INSTANTIATE_TEST_SUITE_P(Signals, StopTest, ::testing::Values(SIGTERM, SIGINT),
                         [](const auto& signal) {
                           return std::string("SIG") + ::sigabbrev_np(signal.param);
                         });

class ForwardTest : public RloaderTest, public ::testing::WithParamInterface<int> {};

TEST_P(ForwardTest, ReachesTheRuntime) {
  Program& rloader = Start("poll tell-signals");
  ASSERT_TRUE(AwaitText("ready"));

  rloader.Signal(GetParam());

  EXPECT_TRUE(AwaitText(std::string("got ") + ::sigabbrev_np(GetParam()) + "\n"));
}

INSTANTIATE_TEST_SUITE_P(Signals, ForwardTest,
                         ::testing::Values(SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT),
                         [](const auto& signal) {
                           return std::string("SIG") + ::sigabbrev_np(signal.param);
                         });

using SignalTest = RloaderTest;

TEST_F(SignalTest, OfAnyOtherKindDoesNothing) {
  Program& rloader = Start("poll tell-signals");
  ASSERT_TRUE(AwaitText("ready"));

  for (const int signal : {SIGQUIT, SIGPIPE, SIGALRM, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG,
                           SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSTKFLT}) {
    rloader.Signal(signal);
  }
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) rloader.Signal(signal);
  rloader.Signal(SIGHUP);

  EXPECT_TRUE(AwaitText("got HUP\n"));
  EXPECT_EQ(Out(), "ready\ngot HUP\n");
}

TEST_F(SignalTest, ThatCannotBeCaughtTakesTheRuntimeAlong) {
  Program& rloader = Start("poll pid wait");
  ASSERT_TRUE(AwaitText("runtime "));
  const pid_t runtime = NumberAfter(Out(), "runtime ");

  rloader.Signal(SIGKILL);

  EXPECT_TRUE(AwaitEndOf(runtime));
}

TEST_F(SignalTest, FindsTheRuntimeInAGroupOfItsOwn) {
  Program& rloader = Start("poll pid wait");
  ASSERT_TRUE(AwaitText("runtime "));
  const pid_t runtime = NumberAfter(Out(), "runtime ");

  EXPECT_EQ(::getpgid(runtime), runtime);
  EXPECT_NE(::getpgid(rloader.pid()), runtime);
}

TEST_F(SignalTest, ReapsEveryOrphan) {
  Start("poll orphans:300 wait");

  EXPECT_TRUE(AwaitText("reaped 300"));
}

TEST_F(SignalTest, HandsNothingDownButItsOwn) {
  const UniqueFd leaky(::open("/dev/null", O_RDONLY));
  auto options = Options("descriptors poll wait");
  options.descriptors = {{leaky.get(), 17}};
  rloader_.emplace("rloader", options);

  ASSERT_TRUE(AwaitText("descriptors"));

  EXPECT_EQ(Out(), "descriptors 0 1 2 3 4 5 6\n");
}

TEST_F(SignalTest, OfATerminalReachesRloaderOnly) {
  const auto options = Options("poll receive:r-1 run:r-1 await-drain exit:0");
  const std::string path = ProgramPath("rloader");
  std::vector<std::string> environment;
  for (const auto& [name, value] : options.environment) environment.push_back(name + "=" + value);
  std::vector<char*> pointers;
  for (std::string& entry : environment) pointers.push_back(entry.data());
  pointers.push_back(nullptr);
  std::vector<std::string> words = options.arguments;
  words.insert(words.begin(), path);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  int terminal = -1;
  const pid_t pid = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (pid == 0) {
    ::execve(path.c_str(), arguments.data(), pointers.data());
    ::_exit(127);
  }
  const UniqueFd owned(terminal);
  std::string shown;
  const auto read_until = [&](const std::string& text) {
    std::array<char, 256> chunk;
    ssize_t count = 0;
    while (shown.find(text) == std::string::npos &&
           (count = ::read(terminal, chunk.data(), chunk.size())) > 0) {
      shown.append(chunk.data(), static_cast<std::size_t>(count));
    }
    return shown.find(text) != std::string::npos;
  };
  ASSERT_TRUE(read_until("ready"));

  ASSERT_EQ(::write(terminal, "\x03", 1), 1);  // Ctrl-C

  EXPECT_TRUE(read_until("draining"));
  int status = 0;
  ::waitpid(pid, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_THAT(MessageOf(PostFor("r-1")), EndsWith("): instance stopped"));
}

}  // namespace
}  // namespace openfc::testing
