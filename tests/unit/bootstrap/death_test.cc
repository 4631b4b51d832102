#include "bootstrap/rloader/death.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <latch>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace openfc::bootstrap {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::unique_ptr<SharedPage> NewPage() {
  auto page = SharedPage::Create();
  EXPECT_TRUE(page);
  return *std::move(page);
}

/// A death a while after the page's rows were written.
Death DeathOf(const ChildEnd& end) {
  const auto now = std::chrono::steady_clock::now();
  return {.end = end,
          .memory_limit_mb = {},
          .peak_memory_bytes = 10'616'832,
          .started = now - 60s,
          .ended = now + 1500ms};
}

std::string MessageOf(const FaultAnswer& answer) {
  return nlohmann::json::parse(answer.report.document)["errorMessage"];
}
std::string TypeOf(const FaultAnswer& answer) {
  return nlohmann::json::parse(answer.report.document)["errorType"];
}

TEST(ClaimAnswersTest, SaysHowTheProcessEnded) {
  const auto page = NewPage();
  page->Receive("r-1", 0, Deadline::Never());

  const auto answers = ClaimAnswers(*page, DeathOf({.exit_code = 3}));

  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].report.path, "/2020-11-11/runtime/invocation/r-1/error");
  EXPECT_EQ(answers[0].report.request_id, "r-1");
  EXPECT_EQ(TypeOf(answers[0]), "ProcessExited");
  EXPECT_THAT(MessageOf(answers[0]),
              ::testing::MatchesRegex("Process exited unexpectedly before completing request "
                                      "\\(duration: 1[45][0-9][0-9]ms, maxMemoryUsage: "
                                      "10\\.12MB\\): exit code 3"));
}

TEST(ClaimAnswersTest, NamesTheSignal) {
  const auto page = NewPage();
  page->Receive("r-1", 0, Deadline::Never());

  const auto answers = ClaimAnswers(*page, DeathOf({.signal = SIGSEGV}));

  EXPECT_THAT(MessageOf(answers.at(0)), EndsWith(": killed by signal 11 (SIGSEGV)"));
}

TEST(ClaimAnswersTest, BlamesTheMemoryLimitWhereItWasReached) {
  const auto page = NewPage();
  page->Receive("r-1", 0, Deadline::Never());
  Death death = DeathOf({.signal = SIGKILL});
  death.memory_limit_mb = 128;

  const auto answers = ClaimAnswers(*page, death);

  EXPECT_EQ(TypeOf(answers.at(0)), "OutOfMemory");
  EXPECT_THAT(MessageOf(answers.at(0)), EndsWith(": memory limit of 128 MB reached"));
}

TEST(ClaimAnswersTest, BlamesTheStopBeforeAnythingElse) {
  const auto page = NewPage();
  page->Receive("r-1", 0, Deadline::Never());
  Death death = DeathOf({.signal = SIGKILL});
  death.memory_limit_mb = 128;
  death.is_stopped = true;

  EXPECT_THAT(MessageOf(ClaimAnswers(*page, death).at(0)), EndsWith(": instance stopped"));
}

TEST(ClaimAnswersTest, WritesTheEndLineOfThePhase) {
  const auto page = NewPage();
  for (const std::uint32_t type : {0U, 1U, 2U, 3U}) page->Receive("r-1", type, Deadline::Never());
  for (const auto& [type, phase] : std::vector<std::pair<std::uint32_t, std::string>>{
           {0, "Invoke"}, {1, "Initialize"}, {2, "PreStop"}, {3, "PreFreeze"}}) {
    page->ResetForStart();
    page->Receive("r-1", type, Deadline::Never());

    EXPECT_EQ(ClaimAnswers(*page, DeathOf({.exit_code = 1})).at(0).end_line,
              "FC " + phase + " End RequestId: r-1, Error: Unhandled function error\n");
  }
}

TEST(ClaimAnswersTest, AnswersEachInvocationOnce) {
  const auto page = NewPage();
  page->Receive("r-1", 0, Deadline::Never());
  page->Receive("r-2", 0, Deadline::Never());

  EXPECT_THAT(ClaimAnswers(*page, DeathOf({.exit_code = 1})), SizeIs(2));
  EXPECT_THAT(ClaimAnswers(*page, DeathOf({.exit_code = 1})), IsEmpty());
}

TEST(ClaimAnswersTest, LeavesTheOtherWorkersAlone) {
  const auto page = *SharedPage::Create();
  page->workers().SetCount(2);
  page->UsePart({.index = 0, .count = 2});
  ASSERT_TRUE(page->Receive("r-living", 0, {}));
  page->UsePart({.index = 1, .count = 2});
  ASSERT_TRUE(page->Receive("r-dead", 0, {}));

  const auto answers = ClaimAnswers(*page, DeathOf({.exit_code = 3}), {.index = 1, .count = 2});

  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers.front().report.request_id, "r-dead");
  EXPECT_EQ(page->ReadInFlight({.index = 0, .count = 2}).at(0).state, RowState::kReceived);
}

TEST(ClaimAnswersTest, AnswersAnIdThatStandsTwiceOnce) {
  const auto page = NewPage();
  page->Receive("r-1", 0, Deadline::Never());
  page->Receive("r-1", 0, Deadline::Never());

  EXPECT_THAT(ClaimAnswers(*page, DeathOf({.exit_code = 1})), SizeIs(1));
}

TEST(ClaimAnswersTest, LeavesAloneWhatWasAnsweredOrClaimed) {
  const auto page = NewPage();
  const auto freed = page->Receive("r-1", 0, Deadline::Never());
  const auto claimed = page->Receive("r-2", 0, Deadline::Never());
  page->Free(*freed);
  page->TryClaim(*claimed, /*is_dead=*/false);

  EXPECT_THAT(ClaimAnswers(*page, DeathOf({.exit_code = 1})), IsEmpty());
}

TEST(ClaimAnswersTest, BelievesNoInvocationToBeOlderThanItsProcess) {
  const auto page = NewPage();
  page->Receive("r-1", 0, Deadline::Never());
  Death death = DeathOf({.exit_code = 1});
  death.started = death.ended - 7ms;  // After the row was written.

  EXPECT_THAT(MessageOf(ClaimAnswers(*page, death).at(0)), HasSubstr("(duration: 7ms,"));
}

TEST(ClaimAnswersTest, AnswersWhatNeverGotIntoARow) {
  const auto page = NewPage();
  page->Receive("r-1", 0, Deadline::Never());
  Death death = DeathOf({.exit_code = 1});
  for (const char* id : {"r-1", "r-2"}) death.unlisted.emplace_back().request_id = id;

  const auto answers = ClaimAnswers(*page, death);

  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_EQ(answers[1].report.request_id, "r-2");
  EXPECT_THAT(MessageOf(answers[1]), HasSubstr("(duration: 0ms,"));
}

TEST(ClaimAnswersTest, NamesTheOneForWhichTheRuntimeWasKilled) {
  const auto page = NewPage();
  page->Receive("r-2", 0, Deadline::Never());
  Death death = DeathOf({.signal = SIGKILL});
  death.timed_out = "r-1";

  const auto answers = ClaimAnswers(*page, death);

  EXPECT_EQ(TypeOf(answers.at(0)), "InstanceRestarted");
  EXPECT_EQ(MessageOf(answers.at(0)), "The instance was restarted: request r-1 timed out");
}

// Who crashed
// --------------------------------------------------------------------------------------

/// A page with two invocations that run, and a death whose stacks tell of `thread`.
class CrashedPageTest : public ::testing::Test {
 protected:
  CrashedPageTest() {
    std::latch both(2);  // Threads of their own, which live at the same time.
    const auto run = [this, &both](const char* id) {
      page_->MarkRunning(*page_->Receive(id, 0, Deadline::Never()));
      both.arrive_and_wait();
    };
    const std::jthread first(run, "r-1");
    const std::jthread second(run, "r-2");
  }

  std::uint64_t ThreadOf(const std::string& id) const {
    for (const InFlight& row : page_->ReadInFlight()) {
      if (row.request_id == id) return row.thread;
    }
    return 0;
  }

  std::map<std::string, std::string> Messages(const Death& death) {
    std::map<std::string, std::string> messages;
    for (const FaultAnswer& answer : ClaimAnswers(*page_, death)) {
      messages[answer.report.request_id] = MessageOf(answer);
    }
    return messages;
  }

  std::unique_ptr<SharedPage> page_ = NewPage();
};

TEST_F(CrashedPageTest, BlamesNobodyWhenNoStackTells) {
  const auto messages = Messages(DeathOf({.signal = SIGSEGV}));

  for (const auto& [id, message] : messages) EXPECT_THAT(message, EndsWith("(SIGSEGV)")) << id;
  EXPECT_THAT(messages, SizeIs(2));
}

TEST_F(CrashedPageTest, BlamesNobodyForAThreadThatIsNobodys) {
  Death death = DeathOf({.signal = SIGSEGV});
  death.stacks = {.fatal = "Segmentation fault",
                  .threads = {{.thread = 1, .is_current = true, .frames = {}}}};

  for (const auto& [id, message] : Messages(death)) EXPECT_THAT(message, EndsWith("(SIGSEGV)"));
}

TEST_F(CrashedPageTest, BlamesNoThreadThatOnlyStoodByTheSignal) {
  Death death = DeathOf({.signal = SIGSEGV});
  death.stacks = {.fatal = "Segmentation fault",
                  .threads = {{.thread = ThreadOf("r-1"), .is_current = false, .frames = {}}}};

  for (const auto& [id, message] : Messages(death)) EXPECT_THAT(message, EndsWith("(SIGSEGV)"));
}

TEST_F(CrashedPageTest, BlamesNobodyInAThreadThatRanSeveral) {
  const auto row = page_->Receive("r-3", 0, Deadline::Never());
  const auto other = page_->Receive("r-4", 0, Deadline::Never());
  for (const auto& one : {row, other}) page_->MarkRunning(*one);  // As coroutines, in this thread.
  Death death = DeathOf({.signal = SIGSEGV});
  death.stacks = {.fatal = "Segmentation fault",
                  .threads = {{.thread = ThreadOf("r-3"), .is_current = true, .frames = {}}}};

  const auto messages = Messages(death);

  EXPECT_THAT(messages, SizeIs(4));
  for (const auto& [id, message] : messages) EXPECT_THAT(message, EndsWith("(SIGSEGV)")) << id;
}

// At a deadline
// ------------------------------------------------------------------------------------

TEST(TimeoutAnswersTest, AnswersOnlyWhatTheRuntimeHasNotBegunToAnswer) {
  const auto page = NewPage();
  const Deadline past(Deadline::Clock::now());
  page->Receive("r-1", 0, past, 3);
  const auto second = page->Receive("r-2", 0, past, 3);
  const auto due = page->ReadInFlight();
  page->TryBeginPost(*second);

  const auto answers = TimeoutAnswers(ClaimDue(*page, due), {});

  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].report.request_id, "r-1");
  EXPECT_EQ(MessageOf(answers[0]), "Function timed out after 3 seconds");
  EXPECT_EQ(answers[0].end_line, "FC Invoke End RequestId: r-1, Error: Unhandled function error\n");
  EXPECT_THAT(TimeoutAnswers(ClaimDue(*page, due), {}), IsEmpty());
}

TEST(TimeoutAnswersTest, SaysHowLongItHadWhenThatIsAllThatIsKnown) {
  const auto page = NewPage();
  page->Receive("r-1", 0, Deadline::After(90s));

  const auto answers = TimeoutAnswers(ClaimDue(*page, page->ReadInFlight()), {});

  EXPECT_EQ(MessageOf(answers.at(0)), "Function timed out after 90 seconds");
}

TEST(DescribeEndTest, HasAWordForBoth) {
  EXPECT_EQ(DescribeEnd({.exit_code = 3}), "exit code 3");
  EXPECT_EQ(DescribeEnd({.signal = SIGKILL}), "killed by signal 9 (SIGKILL)");
}

TEST(InitErrorReportTest, SaysHowItDied) {
  const FaultReport report = InitErrorReport(5, "exit code 3");

  EXPECT_EQ(report.path, "/2020-11-11/runtime/init/error");
  EXPECT_THAT(report.document, HasSubstr("ended 5 times in a row"));
  EXPECT_THAT(report.document, HasSubstr("exit code 3"));
}

Death AwsDeathOf(const ChildEnd& end) {
  Death death = DeathOf(end);
  death.dialect = Dialect::kAws;
  return death;
}

TEST(ClaimAnswersTest, SpeaksAwsDialectWhereThePlatformDoes) {
  const auto page = NewPage();
  page->Receive("r-1", 0, Deadline::Never());

  const auto answers = ClaimAnswers(*page, AwsDeathOf({.exit_code = 3}));

  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].end_line, "");
  EXPECT_EQ(answers[0].report.path, "/2018-06-01/runtime/invocation/r-1/error");
  EXPECT_EQ(answers[0].report.error_type, "Runtime.ExitError");
  EXPECT_EQ(MessageOf(answers[0]),
            "RequestId: r-1 Error: Runtime exited with error: exit status 3");
}

TEST(ClaimAnswersTest, NamesInAwsDialectASignalTheMemoryLimitAndAStop) {
  const Death aborted = AwsDeathOf({.signal = SIGABRT});
  Death at_limit = AwsDeathOf({.signal = SIGKILL});
  at_limit.memory_limit_mb = 128;
  Death stopped = AwsDeathOf({.signal = SIGKILL});
  stopped.is_stopped = true;
  std::vector<std::string> told;
  for (const Death* death : std::vector<const Death*>{&aborted, &at_limit, &stopped}) {
    const auto page = NewPage();
    page->Receive("r-1", 0, Deadline::Never());
    const auto answers = ClaimAnswers(*page, *death);
    told.push_back(TypeOf(answers.at(0)) + ": " + MessageOf(answers.at(0)));
  }

  EXPECT_THAT(told, ::testing::ElementsAre(
                        "Runtime.ExitError: RequestId: r-1 Error: Runtime exited with error: "
                        "signal: aborted",
                        "Runtime.OutOfMemory: RequestId: r-1 Error: Runtime exited with error: "
                        "signal: killed",
                        "Runtime.ExitError: RequestId: r-1 Error: Runtime exited with error: "
                        "instance stopped"));
}

TEST(ClaimAnswersTest, NamesInAwsDialectTheOneForWhichTheRuntimeWasKilled) {
  const auto page = NewPage();
  page->Receive("r-2", 0, Deadline::Never());
  Death death = AwsDeathOf({.signal = SIGKILL});
  death.timed_out = "r-1";

  const auto answers = ClaimAnswers(*page, death);

  EXPECT_EQ(TypeOf(answers.at(0)), "Runtime.ExitError");
  EXPECT_EQ(MessageOf(answers.at(0)),
            "RequestId: r-2 Error: Runtime exited with error: request r-1 timed out");
}

TEST_F(CrashedPageTest, BlamesInAwsDialectTheOneInWhoseThreadTheSignalCame) {
  Death death = AwsDeathOf({.signal = SIGSEGV});
  death.stacks = {.fatal = "Segmentation fault",
                  .threads = {{.thread = ThreadOf("r-1"), .is_current = true, .frames = {}}}};

  const auto messages = Messages(death);

  EXPECT_THAT(messages.at("r-1"), EndsWith("signal: segmentation fault"));
  EXPECT_THAT(messages.at("r-2"), EndsWith("request r-1 crashed"));
}

TEST(TimeoutAnswersTest, SaysInAwsDialectHowLongItHad) {
  const auto page = NewPage();
  page->Receive("r-1", 0, Deadline::After(90s));

  const auto answers = TimeoutAnswers(ClaimDue(*page, page->ReadInFlight()), {}, Dialect::kAws);

  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].end_line, "");
  EXPECT_EQ(answers[0].report.path, "/2018-06-01/runtime/invocation/r-1/error");
  EXPECT_EQ(answers[0].report.error_type, "Sandbox.Timedout");
  EXPECT_THAT(MessageOf(answers[0]),
              ::testing::MatchesRegex("RequestId: r-1 Error: Task timed out after "
                                      "(90\\.00|89\\.[0-9]+) seconds"));
}

TEST(InitErrorReportTest, GoesInAwsDialectToItsPathWithItsType) {
  const FaultReport report = InitErrorReport(5, "exit code 3", Dialect::kAws);

  EXPECT_EQ(report.path, "/2018-06-01/runtime/init/error");
  EXPECT_EQ(report.error_type, "Runtime.ExitError");
}

}  // namespace
}  // namespace openfc::bootstrap
