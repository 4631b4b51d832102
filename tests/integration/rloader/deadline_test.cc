// What rloader does at an invocation's deadline, and how it tells apart who took the process down
// (fc-runtime-api.md, section 9).

#include "tests/integration/rloader/rloader_test.h"

#include <signal.h>

namespace openfc::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Json = nlohmann::json;

constexpr const char* kStacks =
    "Thread 0x@r-2@ (most recent call first):\n"
    "  File \"/code/two.py\", line 2 in inner\n"
    "  File \"/code/two.py\", line 9 in handler\n"
    "  File \"<openfc invoke.py>\", line 4 in call\n"
    "\n"
    "Current thread 0x@r-1@ (most recent call first):\n"
    "  File \"/code/one.py\", line 1 in handler\n";

Json Frame(const std::string& file, int line, const std::string& function) {
  return {"File \"" + file + "\"", "line " + std::to_string(line), "in " + function, ""};
}

class DeadlineTest : public RloaderTest {
 protected:
  Program& StartWithStacks(const std::string& script, const std::string& stacks = kStacks,
                           const Environment& more = {}) {
    Environment environment = more;
    environment["FAKE_STACKS"] = stacks;
    environment["OPENFC_STACKS_MS"] = kStacksTime;
    return Start(script, {}, environment);
  }

  Json StackOf(const std::string& id) {
    return DocumentOf(PostFor(id)).value("stackTrace", Json());
  }
};

TEST_F(DeadlineTest, IsAnsweredAndTheRuntimeStartedAnew) {
  Start("poll deadline:50 timeout:7 receive:r-1 run:r-1 wait; poll say:second wait");

  const Request post = PostFor("r-1");

  EXPECT_EQ(post.path, "/2020-11-11/runtime/invocation/r-1/error");
  EXPECT_EQ(DocumentOf(post), (Json{{"errorType", "FunctionTimeout"},
                                    {"errorMessage", "Function timed out after 7 seconds"}}));
  EXPECT_TRUE(AwaitText("second"));
  EXPECT_THAT(platform_.PostsFor("r-1"), SizeIs(1));
  EXPECT_THAT(Out(),
              HasSubstr("FC Invoke End RequestId: r-1, Error: Unhandled function error\nsecond\n"));
}

TEST_F(DeadlineTest, CarriesTheStackOfTheInvocationsThread) {
  if (ProgramsHaveSanitizer("thread"))
    GTEST_SKIP() << "the sanitizer holds signals back: no stacks";
  StartWithStacks(
      "poll tell-stacks deadline:50 timeout:1 receive:r-1 receive:r-2 run-in-thread:r-2 run:r-1 "
      "wait; poll wait");

  EXPECT_EQ(StackOf("r-1"), Json({Frame("/code/one.py", 1, "handler")}));
  EXPECT_EQ(StackOf("r-2"),
            Json({Frame("/code/two.py", 9, "handler"), Frame("/code/two.py", 2, "inner")}));
}

TEST_F(DeadlineTest, DoesNotWaitForStacksThatDoNotCome) {
  Start("poll tell-nothing deadline:50 timeout:1 receive:r-1 run:r-1 wait; poll wait");

  EXPECT_EQ(TypeOf(PostFor("r-1")), "FunctionTimeout");
}

TEST_F(DeadlineTest, OfAnInvocationThatIsBeingAnsweredIsNobodysConcern) {
  Start(
      "poll deadline:50 timeout:1 receive:r-1 run:r-1 post:r-1 receive:r-2 run:r-2 wait; "
      "poll wait");

  EXPECT_EQ(TypeOf(PostFor("r-2")), "FunctionTimeout");
  const Request post = PostFor("r-1");  // After the death, then.
  EXPECT_EQ(TypeOf(post), "InstanceRestarted");
  EXPECT_EQ(MessageOf(post), "The instance was restarted: request r-2 timed out");
}

TEST_F(DeadlineTest, IsTheRuntimesOnceItHasBegunToPost) {
  Start(
      "poll deadline:50 receive:r-1 run:r-1 post:r-1 deadline:400 timeout:1 receive:r-2 run:r-2 "
      "wait; "
      "poll wait");

  EXPECT_EQ(TypeOf(PostFor("r-2")), "FunctionTimeout");
  EXPECT_EQ(TypeOf(PostFor("r-1")), "InstanceRestarted");  // It was never rloader's to time out.
}

TEST_F(DeadlineTest, IsRloadersBeforeTheRuntimeIsAskedWhereItStands) {
  // The question ends system calls: what the handler makes of that is not its answer.
  Start("poll deadline:50 timeout:1 receive:r-1 run:r-1 answer-when-asked:r-1 wait; poll wait");

  EXPECT_EQ(TypeOf(PostFor("r-1")), "FunctionTimeout");
  EXPECT_THAT(platform_.posts(), SizeIs(1));
}

TEST_F(DeadlineTest, StaysOneWhenTheRuntimeDiesOfTheQuestion) {
  Start("poll exit-when-asked deadline:50 timeout:2 receive:r-1 run:r-1 wait; poll wait");

  EXPECT_EQ(MessageOf(PostFor("r-1")), "Function timed out after 2 seconds");
}

TEST_F(DeadlineTest, ThatCameBeforeTheBodyCountsToo) {
  Start("poll deadline:50 timeout:1 receive:r-1 wait; poll wait");

  EXPECT_EQ(TypeOf(PostFor("r-1")), "FunctionTimeout");
}

TEST_F(DeadlineTest, ThatHasPassedAlreadyIsSeen) {
  Start("poll deadline:0 timeout:1 receive:r-1 run:r-1 wait; poll wait");

  EXPECT_EQ(TypeOf(PostFor("r-1")), "FunctionTimeout");
}

TEST_F(DeadlineTest, MayComeInAnyOrder) {
  Start(
      "poll deadline:3600000 timeout:3600 receive:r-3 run:r-3 deadline:50 timeout:1 receive:r-1 "
      "run:r-1 wait; poll wait");

  EXPECT_EQ(TypeOf(PostFor("r-1")), "FunctionTimeout");
  EXPECT_EQ(MessageOf(PostFor("r-3")), "The instance was restarted: request r-1 timed out");
}

TEST_F(DeadlineTest, IsWatchedAfterEarlierOnesWereMet) {
  Start(
      "poll deadline:30 timeout:1 receive:a post:a free:a deadline:90 receive:b post:b free:b "
      "deadline:200 receive:r-1 run:r-1 wait; poll wait");

  EXPECT_EQ(TypeOf(PostFor("r-1")), "FunctionTimeout");
}

TEST_F(DeadlineTest, SaysHowLongThePlatformLetItWhenThatIsAllThatIsKnown) {
  Start("poll deadline:1100 receive:r-1 run:r-1 wait; poll wait");

  EXPECT_EQ(MessageOf(PostFor("r-1")), "Function timed out after 1 seconds");
}

TEST_F(DeadlineTest, LeavesTimeToAnInvocationThatCancelsItself) {
  Start(
      "poll deadline:50 timeout:1 receive:r-1 run:r-1 cancel-self:r-1 deadline:300 receive:r-2 "
      "run:r-2 wait; poll wait");

  EXPECT_EQ(TypeOf(PostFor("r-2")), "FunctionTimeout");
  EXPECT_EQ(MessageOf(PostFor("r-1")), "The instance was restarted: request r-2 timed out");
}

TEST_F(DeadlineTest, EndsInTheEndAnInvocationThatCancelsItself) {
  Start("poll deadline:50 timeout:1 receive:r-1 run:r-1 cancel-self:r-1 wait; poll wait");

  EXPECT_EQ(TypeOf(PostFor("r-1")), "FunctionTimeout");
}

TEST_F(DeadlineTest, IsKeptWhileThePlatformHangs) {
  platform_.AnswerPost(Hang(Respond(200)));
  Start(
      "poll receive:r-0 exit:1; poll deadline:50 timeout:1 receive:r-1 run:r-1 wait; "
      "poll say:third wait");

  EXPECT_EQ(TypeOf(PostFor("r-1")), "FunctionTimeout");
  EXPECT_TRUE(AwaitText("third"));
  EXPECT_THAT(Err(), Not(HasSubstr("fault_posted request_id=r-0")));
}

TEST_F(DeadlineTest, IsKeptWithATimerThatFiresWithoutEnd) {
  Start("poll deadline:200 timeout:1 receive:r-1 run:r-1 ruin-timer wait; poll wait");

  EXPECT_EQ(TypeOf(PostFor("r-1")), "FunctionTimeout");
}

TEST_F(DeadlineTest, EndsAnInstanceWithoutRestarts) {
  Start("poll deadline:50 timeout:1 receive:r-1 run:r-1 wait", {"--no-restart"});

  ExpectEnd(128 + SIGKILL);

  EXPECT_EQ(TypeOf(PostFor("r-1")), "FunctionTimeout");
}

TEST_F(DeadlineTest, StaysOneWhileTheInstanceStops) {
  Program& rloader = Start(
      "poll deadline:300 timeout:1 receive:r-1 run:r-1 deadline:3600000 receive:r-2 run:r-2 "
      "await-drain wait",
      {}, {{"OPENFC_GRACE_SECONDS", "3600"}});
  ASSERT_TRUE(AwaitText("ready"));

  rloader.Signal(SIGTERM);

  ExpectEnd(143);
  EXPECT_EQ(TypeOf(PostFor("r-1")), "FunctionTimeout");
  EXPECT_THAT(MessageOf(PostFor("r-2")), EndsWith(": instance stopped"));
}

// Who took the process down
// ----------------------------------------------------------------------------

using CulpritTest = DeadlineTest;

const std::string kSegmentationFault = std::string("Fatal Python error: Segmentation fault\n\n") +
                                       kStacks + "\nExtension modules: a.b (total: 1)\n";

TEST_F(CulpritTest, IsTheOneWhoseThreadTheSignalHit) {
  StartWithStacks(
      "poll receive:r-1 receive:r-2 receive:r-3 run-in-thread:r-2 run-in-thread:r-3 run:r-1 "
      "crash:11; poll wait",
      kSegmentationFault);

  EXPECT_EQ(TypeOf(PostFor("r-1")), "ProcessExited");
  EXPECT_THAT(MessageOf(PostFor("r-1")), EndsWith(": killed by signal 11 (SIGSEGV)"));
  EXPECT_EQ(StackOf("r-1"), Json({Frame("/code/one.py", 1, "handler")}));
  for (const char* id : {"r-2", "r-3"}) {
    EXPECT_EQ(TypeOf(PostFor(id)), "InstanceRestarted");
    EXPECT_EQ(MessageOf(PostFor(id)), "The instance was restarted: request r-1 crashed");
  }
  EXPECT_EQ(StackOf("r-2").size(), 2U);
  EXPECT_EQ(StackOf("r-3"), Json());
}

TEST_F(CulpritTest, IsTheOnlyOneThatRan) {
  Start("poll receive:r-1 receive:r-2 receive:r-3 post:r-3 run:r-2 exit:4; poll wait");

  EXPECT_THAT(MessageOf(PostFor("r-2")), EndsWith(": exit code 4"));
  for (const char* id : {"r-1", "r-3"}) {
    EXPECT_EQ(MessageOf(PostFor(id)), "The instance was restarted: request r-2 crashed");
  }
}

TEST_F(CulpritTest, MayBeAnyOfThemWhenItCannotBeTold) {
  Start("poll receive:r-1 receive:r-2 run:r-1 run:r-2 exit:4; poll wait");

  for (const char* id : {"r-1", "r-2"}) {
    EXPECT_EQ(TypeOf(PostFor(id)), "ProcessExited");
    EXPECT_THAT(MessageOf(PostFor(id)), EndsWith(": exit code 4"));
  }
}

TEST_F(CulpritTest, IsNotReadOffTheStacksOfAnotherDeath) {
  StartWithStacks("poll receive:r-1 receive:r-2 run-in-thread:r-2 run:r-1 crash:9; poll wait",
                  kSegmentationFault);

  for (const char* id : {"r-1", "r-2"}) {
    EXPECT_THAT(MessageOf(PostFor(id)), EndsWith(": killed by signal 9 (SIGKILL)"));
    EXPECT_EQ(StackOf(id), Json());
  }
}

// Stopping
// ---------------------------------------------------------------------------------------------

TEST_F(DeadlineTest, OfTheGraceTimeShowsWhereItStood) {
  if (ProgramsHaveSanitizer("thread"))
    GTEST_SKIP() << "the sanitizer holds signals back: no stacks";
  Program& rloader = StartWithStacks(
      "deaf poll tell-stacks receive:r-1 receive:r-2 run-in-thread:r-2 run:r-1 "
      "say:up wait",
      kStacks, {{"OPENFC_GRACE_SECONDS", "0"}});
  ASSERT_TRUE(AwaitText("up"));

  rloader.Signal(SIGTERM);

  ExpectEnd(143);
  EXPECT_THAT(MessageOf(PostFor("r-1")), EndsWith("): instance stopped"));
  EXPECT_EQ(StackOf("r-1"), Json({Frame("/code/one.py", 1, "handler")}));
  EXPECT_EQ(StackOf("r-2").size(), 2U);
  EXPECT_THAT(platform_.posts(), SizeIs(2));
}

TEST_F(DeadlineTest, IsOverAtOnceWhenAskedToStopTwice) {
  Program& rloader = StartWithStacks("deaf poll tell-stacks receive:r-1 run:r-1 say:up wait",
                                     kStacks, {{"OPENFC_GRACE_SECONDS", "3600"}});
  ASSERT_TRUE(AwaitText("up"));
  rloader.Signal(SIGTERM);
  ASSERT_TRUE(AwaitText("stopping"));

  rloader.Signal(SIGINT);

  ExpectEnd(143);
  EXPECT_THAT(MessageOf(PostFor("r-1")), EndsWith("): instance stopped"));
  EXPECT_EQ(StackOf("r-1"), Json());
}

}  // namespace
}  // namespace openfc::testing
