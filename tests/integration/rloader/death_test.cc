// What rloader does when the runtime dies (fc-runtime-api.md, section 9).

#include "tests/integration/rloader/rloader_test.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

namespace openfc::testing {
namespace {

using ::testing::Each;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kExited =
    "Process exited unexpectedly before completing request \\(duration: [0-9]+ms, maxMemoryUsage: "
    "[0-9]+\\.[0-9][0-9]MB\\): ";

using DeathTest = RloaderTest;

TEST_F(DeathTest, IsAnsweredWithTheExitCode) {
  Start("poll receive:r-1 run:r-1 exit:3; poll wait");

  const Request post = PostFor("r-1");

  EXPECT_EQ(post.method, "POST");
  EXPECT_EQ(post.path, "/2020-11-11/runtime/invocation/r-1/error");
  EXPECT_EQ(post.Header("content-type"), "application/json");
  EXPECT_EQ(post.Header("host"), platform_.address());
  EXPECT_EQ(post.Header("user-agent"), "openfc-python/" OPENFC_VERSION);
  EXPECT_EQ(TypeOf(post), "ProcessExited");
  EXPECT_THAT(MessageOf(post), MatchesRegex(std::string(kExited) + "exit code 3"));
}

class KilledTest : public RloaderTest, public ::testing::WithParamInterface<int> {};

TEST_P(KilledTest, IsAnsweredWithTheSignal) {
  Start("poll receive:r-1 run:r-1 die-of:" + std::to_string(GetParam()) + "; poll wait");

  const Request post = PostFor("r-1");

  EXPECT_EQ(TypeOf(post), "ProcessExited");
  EXPECT_THAT(MessageOf(post),
              MatchesRegex(std::string(kExited) + "killed by signal " + std::to_string(GetParam()) +
                           " \\(SIG" + ::sigabbrev_np(GetParam()) + "\\)"));
}

INSTANTIATE_TEST_SUITE_P(Signals, KilledTest,
                         ::testing::Values(SIGSEGV, SIGABRT, SIGKILL, SIGBUS, SIGTERM, SIGILL));

TEST_F(DeathTest, EndsTheInvocationInTheLogBeforeThePost) {
  Start("poll receive:r-1 run:r-1 say:working exit:3; poll wait");

  PostFor("r-1");

  EXPECT_EQ(Out(), "working\nFC Invoke End RequestId: r-1, Error: Unhandled function error\n");
}

TEST_F(DeathTest, NamesThePhaseInTheLog) {
  Start("poll initialize:r-1 pre-stop:r-2 pre-freeze:r-3 exit:3; poll wait");

  ASSERT_TRUE(platform_.AwaitPosts(3));

  EXPECT_EQ(Out(),
            "FC Initialize End RequestId: r-1, Error: Unhandled function error\n"
            "FC PreStop End RequestId: r-2, Error: Unhandled function error\n"
            "FC PreFreeze End RequestId: r-3, Error: Unhandled function error\n");
}

TEST_F(DeathTest, IsAnsweredForWhateverWasInFlightAndForNothingElse) {
  Start(
      "poll receive:done run:done post:done free:done receive:received receive:running "
      "run:running receive:posting run:posting post:posting exit:3; poll say:again wait");

  ASSERT_TRUE(platform_.AwaitPosts(3));
  ASSERT_TRUE(AwaitText("again"));

  for (const char* id : {"received", "running", "posting"}) {
    EXPECT_THAT(platform_.PostsFor(id), SizeIs(1)) << id;
  }
  EXPECT_THAT(platform_.PostsFor("done"), IsEmpty());
}

TEST_F(DeathTest, OfTwoHundredInvocationsIsAnsweredTwoHundredTimes) {
  std::string script = "poll";
  for (int i = 0; i < 200; ++i) script += " receive:r-" + std::to_string(i);
  Start(script + " exit:3; poll wait");

  ASSERT_TRUE(platform_.AwaitPosts(200));

  for (int i = 0; i < 200; ++i) {
    EXPECT_THAT(platform_.PostsFor("r-" + std::to_string(i)), SizeIs(1));
  }
}

TEST_F(DeathTest, IsFollowedByARestart) {
  Start("poll exit:3; poll exit:0; poll say:third wait");

  EXPECT_TRUE(AwaitText("third"));
  EXPECT_EQ(Starts(), 3U);
}

TEST_F(DeathTest, DoesNotPutTheRestartOffWhileThePlatformHangs) {
  platform_.AnswerPost(Hang(Respond(200)));
  Start("poll receive:r-1 exit:3; poll say:second wait");

  EXPECT_TRUE(AwaitText("second"));
  ASSERT_TRUE(platform_.AwaitPosts(1));
  platform_.Release();

  EXPECT_TRUE(AwaitText("fault_posted request_id=r-1"));
}

TEST_F(DeathTest, HoldsNoPostUpBehindOneThatHangs) {
  platform_.AnswerPost(Hang(Respond(200)));
  Start("poll receive:r-1 exit:3; poll receive:r-2 exit:4; poll wait");

  EXPECT_TRUE(AwaitText("fault_posted request_id=r-2"));
  EXPECT_THAT(Err(), Not(HasSubstr("fault_posted request_id=r-1")));
}

TEST_F(DeathTest, IsPostedAgainWhileNoStatusLineComes) {
  platform_.AnswerPost(HangUp());
  platform_.AnswerPost(ResetConnection());
  platform_.AnswerPost(Raw("SSH-2.0-nonsense\r\n"));
  Start("poll receive:r-1 exit:3; poll wait");

  EXPECT_TRUE(AwaitText("fault_posted request_id=r-1"));

  const auto posts = platform_.PostsFor("r-1");
  ASSERT_THAT(posts, SizeIs(4));
  for (const Request& post : posts) EXPECT_EQ(post.body, posts[0].body);
}

TEST_F(DeathTest, IsPostedFourTimesAtMost) {
  for (int i = 0; i < 5; ++i) platform_.AnswerPost(HangUp());
  Start("poll receive:r-1 exit:3; poll say:second wait");

  EXPECT_TRUE(AwaitText("fault_post_failed request_id=r-1"));

  EXPECT_THAT(platform_.PostsFor("r-1"), SizeIs(4));
  EXPECT_TRUE(AwaitText("second"));
}

TEST_F(DeathTest, IsPostedOnceWhenThePlatformRefuses) {
  platform_.AnswerPost(Respond(403, "no"));
  Start("poll receive:r-1 exit:3; poll receive:r-2 exit:3; poll wait");

  EXPECT_TRUE(AwaitText("fault_post_refused request_id=r-1"));
  EXPECT_TRUE(AwaitText("fault_posted request_id=r-2"));

  EXPECT_THAT(platform_.PostsFor("r-1"), SizeIs(1));
}

TEST_F(DeathTest, IsSurvivedWithoutAPlatform) {
  platform_.Refuse();
  Start("poll receive:r-1 exit:3; poll say:second wait");

  EXPECT_TRUE(AwaitText("fault_post_failed request_id=r-1"));
  EXPECT_TRUE(AwaitText("second"));
}

TEST_F(DeathTest, UnderstandsAnAnswerThatDribbles) {
  platform_.AnswerPost(ByteByByte(Respond(202)));
  Start("poll receive:r-1 exit:3; poll wait");

  EXPECT_TRUE(
      AwaitText("fault_posted request_id=r-1 path=/2020-11-11/runtime/invocation/r-1/error "
                "status=202 attempts=1"));
}

TEST_F(DeathTest, OfARuntimeThatRuinedThePageIsSurvived) {
  Start("poll receive:r-1 scribble exit:3; poll receive:r-2 run:r-2 exit:4; poll wait");

  EXPECT_THAT(MessageOf(PostFor("r-2")), EndsWith(": exit code 4"));
}

TEST_F(DeathTest, IsAnsweredBeforeTheRestOfTheTreeIsDead) {
  Start("poll receive:r-1 daemon await-user-signal exit:3; poll say:second wait");
  ASSERT_TRUE(AwaitText("daemon "));
  const pid_t daemon = NumberAfter(Out(), "daemon ");
  // Stops on its way out, until it is let go: so a process that hangs in the kernel looks.
  if (::ptrace(PTRACE_SEIZE, daemon, nullptr, PTRACE_O_TRACEEXIT) != 0) {
    GTEST_SKIP() << "this system does not let us trace";
  }
  rloader_->Signal(SIGUSR1);  // Passed on, it lets the runtime go on.

  EXPECT_EQ(TypeOf(PostFor("r-1")), "ProcessExited");
  EXPECT_TRUE(AwaitText("fault_posted request_id=r-1"));
  int status = 0;
  ASSERT_EQ(::waitpid(daemon, &status, __WALL), daemon);
  EXPECT_TRUE(WIFSTOPPED(status));
  const std::string log = Err();
  EXPECT_LT(log.find("fault_posted"), log.find("tree_survives"));  // As a rule, it is not there.
  ::ptrace(PTRACE_DETACH, daemon, nullptr, nullptr);

  EXPECT_TRUE(AwaitText("second"));
}

TEST_F(DeathTest, TakesTheRestOfTheTreeAlongBeforeTheRestart) {
  Start("poll daemon daemon exit:1; poll say:second wait");

  ASSERT_TRUE(AwaitText("second"));

  EXPECT_THAT(rloader_->Family(), SizeIs(2));  // rloader and the new runtime.
}

// Giving up
// -----------------------------------------------------------------------------------------

TEST_F(DeathTest, FiveTimesBeforeTheFirstPollEndsTheInstance) {
  Start("exit:3");

  ExpectEnd(70);

  EXPECT_EQ(Starts(), 5U);
  ASSERT_THAT(platform_.posts(), SizeIs(1));
  EXPECT_EQ(platform_.posts()[0].path, kInitError);
  EXPECT_EQ(TypeOf(platform_.posts()[0]), "ProcessExited");
  EXPECT_EQ(MessageOf(platform_.posts()[0]),
            "The runtime ended 5 times in a row before it asked for work, at last: exit code 3");
}

TEST_F(DeathTest, BeforeTheFirstPollIsCountedInARowOnly) {
  const std::string four = "exit:1; exit:1; exit:1; exit:1; ";

  Start(four + "poll exit:1; " + four + "poll say:alive wait");

  EXPECT_TRUE(AwaitText("alive"));
  EXPECT_EQ(Starts(), 10U);
  EXPECT_THAT(platform_.posts(), IsEmpty());
}

TEST_F(DeathTest, OfARefusedRuntimeEndsTheInstanceAtOnce) {
  Start("poll refuse exit:70");

  ExpectEnd(70);

  EXPECT_EQ(Starts(), 1U);
}

TEST_F(DeathTest, WithCode70AndWithoutTheMarkIsAnOrdinaryOne) {
  Start("poll receive:r-1 exit:70; poll say:second wait");

  EXPECT_TRUE(AwaitText("second"));
  EXPECT_THAT(MessageOf(PostFor("r-1")), EndsWith(": exit code 70"));
}

TEST_F(DeathTest, WithTheMarkAndAnotherCodeIsAnOrdinaryOne) {
  Start("poll refuse exit:71; poll say:second wait");

  EXPECT_TRUE(AwaitText("second"));
}

// --no-restart
// --------------------------------------------------------------------------------------

class NoRestartTest : public RloaderTest, public ::testing::WithParamInterface<int> {};

TEST_P(NoRestartTest, PassesTheExitCodeOn) {
  Start("poll exit:" + std::to_string(GetParam()), {"--no-restart"});

  ExpectEnd(GetParam());

  EXPECT_EQ(Starts(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Codes, NoRestartTest, ::testing::Values(0, 1, 2, 3, 69, 70, 71, 127, 255));

class NoRestartSignalTest : public RloaderTest, public ::testing::WithParamInterface<int> {};

TEST_P(NoRestartSignalTest, AddsTheSignalTo128) {
  Start("poll die-of:" + std::to_string(GetParam()), {"--no-restart"});

  ExpectEnd(128 + GetParam());
}

INSTANTIATE_TEST_SUITE_P(Signals, NoRestartSignalTest,
                         ::testing::Values(SIGHUP, SIGKILL, SIGSEGV, SIGTERM));

TEST_F(NoRestartTest, AnswersBeforeItEnds) {
  Start("poll receive:r-1 exit:3", {"--no-restart"});

  ExpectEnd(3);

  EXPECT_THAT(platform_.PostsFor("r-1"), SizeIs(1));
}

TEST_F(NoRestartTest, LeavesNothingRunning) {
  Start("poll daemon exit:0", {"--no-restart"});

  ExpectEnd(0);
}

}  // namespace
}  // namespace openfc::testing
