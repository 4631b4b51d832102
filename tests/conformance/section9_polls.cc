// Section 9, the platform misbehaves at `next`; and the mode.

#include "tests/conformance/row.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Leaves a mark for each run beside itself.
const std::string kMarks =
    "def handler(event, context):\n"
    "    with open('runs', 'a') as runs:\n"
    "        runs.write(context.request_id + '\\n')\n"
    "    return event\n";

Files Marks() { return Index(kMarks); }

std::string RunsOf(const Instance& instance) { return instance.ReadFile("runs").value_or(""); }

/// After `bad` the poll is tried again, on a connection of its own, and the next event is served.
Row Outlasts(const std::string& rule, const std::vector<Answer>& bad) {
  return {.rule = rule,
          .files = Marks(),
          .play =
              [bad](Instance& instance) {
                for (const Answer& answer : bad) instance.platform().AnswerNext(answer);
                instance.Start();
                const auto post = instance.Invoke("event");
                ASSERT_TRUE(post);
                EXPECT_EQ(post->body, "event");
                const auto polls = instance.platform().polls();
                ASSERT_GE(polls.size(), bad.size() + 1);
                for (std::size_t i = 0; i < bad.size(); ++i) {
                  EXPECT_NE(polls[i].connection, polls[i + 1].connection);
                }
                EXPECT_EQ(RunsOf(instance), "r-1\n");
              },
          .unstarted = true};
}

std::vector<Answer> Times(std::size_t count, const Answer& answer) {
  return std::vector<Answer>(count, answer);
}

void OutlastsARefusal(Instance& instance) {
  instance.platform().Refuse();
  instance.Start();
  EXPECT_TRUE(instance.program().output().Await("next_failed"));

  instance.platform().Accept();

  EXPECT_TRUE(instance.Invoke("event"));
}

void OutlastsARefusalBetweenInvocations(Instance& instance) {
  ASSERT_TRUE(instance.Invoke("one"));
  ASSERT_TRUE(instance.platform().AwaitPolls(2));

  instance.platform().Refuse();
  EXPECT_TRUE(instance.program().output().Await("next_failed"));
  instance.platform().Accept();

  EXPECT_TRUE(instance.Invoke("two"));
}

std::size_t CountLines(const std::string& text, const std::string& word) {
  std::istringstream lines(text);
  std::string line;
  std::size_t count = 0;
  while (std::getline(lines, line)) count += line.find(word) == std::string::npos ? 0 : 1;
  return count;
}

/// Of 12 failed polls two are logged: the first, and the tenth (or the tenth after it).
void LogsTheFirstAndEveryTenth(Instance& instance) {
  for (const Answer& answer : Times(12, Respond(500))) instance.platform().AnswerNext(answer);
  instance.Start();
  ASSERT_TRUE(instance.Invoke("event"));

  EXPECT_EQ(CountLines(instance.program().output().err(), "next_failed"), 2U);
}

/// Ten refusals in a row, and not nine (OutlastsNineRefusals): exit 70.
void GivesUpAfterTen(Instance& instance) {
  for (const auto& answer : Times(10, Respond(404))) instance.platform().AnswerNext(answer);
  instance.Start();

  EXPECT_EQ(instance.program().AwaitEnd(), (ProgramEnd{.exit_code = 70}));

  EXPECT_THAT(instance.platform().polls(), SizeIs(10));
  EXPECT_THAT(instance.platform().posts(), IsEmpty());
}

void CountsRefusalsInARowOnly(Instance& instance) {
  for (int round = 0; round < 2; ++round) {
    for (const auto& answer : Times(6, Respond(404))) instance.platform().AnswerNext(answer);
    EXPECT_TRUE(instance.Invoke("event"));
  }
}

/// A 200 whose id is not one: no post for it, and the poll goes on.
Row PassesOver(const std::string& rule, const HeaderPairs& headers) {
  return {.rule = rule,
          .files = Marks(),
          .play =
              [headers](Instance& instance) {
                instance.platform().AnswerNext(Respond(200, "bad", headers));
                instance.Start();
                const auto post = instance.Invoke("good");
                ASSERT_TRUE(post);
                EXPECT_EQ(post->body, "good");
                EXPECT_THAT(instance.platform().posts(), SizeIs(1));
                EXPECT_EQ(RunsOf(instance), "r-1\n");
                EXPECT_THAT(instance.program().output().err(), HasSubstr("request_id"));
              },
          .unstarted = true};
}

HeaderPairs Id(const std::string& id) {
  return {{"x-fc-request-id", id}, {"x-fc-function-handler", "index.handler"}};
}

/// The event of `cut` ends early: an error for its id, the handler does not run, the next is
/// served.
Row ReportsTruncation(const std::string& rule, const Answer& answer) {
  return {.rule = rule,
          .files = Marks(),
          .play =
              [answer](Instance& instance) {
                instance.platform().AnswerNext(answer);
                instance.Start();
                const auto post = instance.platform().AwaitPostFor("cut");
                ASSERT_TRUE(post);
                ErrorMatching("EventTruncated", ".+")(*post, instance);
                EXPECT_TRUE(instance.Invoke("whole"));
                EXPECT_EQ(RunsOf(instance), "r-1\n");
                EXPECT_THAT(instance.platform().PostsFor("cut"), SizeIs(1));
              },
          .unstarted = true};
}

Answer Reset(Answer answer) {
  answer.then = Answer::Then::kReset;
  return answer;
}

const Answer kChunkedCut =
    Raw("HTTP/1.1 200 OK\r\nx-fc-request-id: cut\r\nx-fc-function-handler: index.handler\r\n"
        "Transfer-Encoding: chunked\r\n\r\n5\r\neve");

/// Contradictory or missing modes: no poll, one sentence, not 0.
Row RefusesMode(const std::string& rule, const Variables& variables, const std::string& word) {
  return {.rule = rule,
          .play =
              [=](Instance& instance) {
                instance.Start(variables);
                const auto end = instance.program().AwaitEnd();
                ASSERT_TRUE(end);
                EXPECT_EQ(end->exit_code, 2);
                EXPECT_THAT(instance.program().output().err(), HasSubstr(word));
                EXPECT_EQ(CountLines(instance.program().output().joined(), ""), 1U);
                EXPECT_THAT(instance.platform().requests(), IsEmpty());
              },
          .unstarted = true};
}

const std::vector<Row> kRows = {
    {.rule = "OutlastsARefusedConnection",
     .files = Marks(),
     .play = OutlastsARefusal,
     .unstarted = true},
    {.rule = "OutlastsARefusalBetweenInvocations",
     .files = Marks(),
     .play = OutlastsARefusalBetweenInvocations},
    Outlasts("OutlastsAReset", {ResetConnection()}),
    Outlasts("OutlastsAConnectionClosedWithoutAByte", {HangUp()}),
    Outlasts("OutlastsA500", {Respond(500, "sorry")}),
    Outlasts("OutlastsA503WithAnId", {Respond(503, "sorry", Id("r-503"))}),
    Outlasts("OutlastsA408", {Respond(408)}),
    Outlasts("OutlastsA429", {Respond(429)}),
    Outlasts("OutlastsNineRefusals", Times(9, Respond(403))),
    Outlasts("OutlastsAHeadThatIsNotHttp", {Raw("hello\r\n\r\n")}),
    Outlasts("OutlastsAHeadOfBinaryRubbish", {Raw("\xff\xfe\x01 200 OK\r\n\r\n")}),
    Outlasts("OutlastsAHeadThatEndsEarly", {Raw("HTTP/1.1 200 OK\r\nx-fc-request-id: r-9")}),
    Outlasts("OutlastsAStatusLineThatEndsEarly", {Raw("HTTP/1.1 2")}),
    Outlasts("OutlastsAResetInsideTheHead",
             {Raw("HTTP/1.1 200 OK\r\nx-fc-req", Answer::Then::kReset)}),
    Outlasts("OutlastsAStatusThatIsNoNumber", {Raw("HTTP/1.1 abc OK\r\n\r\n")}),
    Outlasts("OutlastsOneFaultAfterAnother",
             {ResetConnection(), Respond(500), HangUp(), Raw("x\r\n\r\n"), Respond(429)}),
    Outlasts("RetriesTooManyRequestsForEver", Times(12, Respond(429))),
    {.rule = "RetriesForEverAndLogsTheFirstAndEveryTenthFailure",
     .files = Marks(),
     .play = LogsTheFirstAndEveryTenth,
     .unstarted = true},
    {.rule = "GivesUpAfterTenRefusals",
     .files = Marks(),
     .play = GivesUpAfterTen,
     .unstarted = true},
    {.rule = "CountsRefusalsInARowOnly", .files = Marks(), .play = CountsRefusalsInARowOnly},

    PassesOver("PassesOverA200WithoutAnId", {}),
    PassesOver("PassesOverAnEmptyId", Id("")),
    PassesOver("PassesOverAnIdWithASlash", Id("a/b")),
    PassesOver("PassesOverAnIdWithDots", Id("..")),
    PassesOver("PassesOverAnIdWithABlank", Id("a b")),
    PassesOver("PassesOverAnIdWithAPercentSign", Id("a%2e")),
    PassesOver("PassesOverAnIdOf129Characters", Id(std::string(129, 'a'))),
    PassesOver("PassesOverAForeignId", Id("h\u00e9")),

    ReportsTruncation("ReportsAnEventThatIsCutShort", CutShort(Invoke("cut", "event"), 2)),
    ReportsTruncation("ReportsAnEventThatNeverBegins", CutShort(Invoke("cut", "event"), 5)),
    ReportsTruncation("ReportsAnEventCutByAReset", Reset(CutShort(Invoke("cut", "event"), 2))),
    ReportsTruncation("ReportsAChunkedEventThatIsCutShort", kChunkedCut),
    ReportsTruncation("ReportsAMegabyteCutShort",
                      CutShort(Invoke("cut", std::string(1U << 20U, 'x')), 1)),

    RefusesMode("RefusesBothDialects", {{"AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1"}},
                "AWS_LAMBDA_RUNTIME_API"),
    RefusesMode("RefusesAnHttpModeWithoutAPort",
                {{"FC_RUNTIME_API", ""}, {"FC_CUSTOM_LISTEN_PORT", "http"}},
                "FC_CUSTOM_LISTEN_PORT"),
    RefusesMode("RefusesAnAddressWithoutAPort", {{"FC_RUNTIME_API", "localhost"}},
                "FC_RUNTIME_API"),
    RefusesMode("RefusesAnAddressWithAScheme", {{"FC_RUNTIME_API", "http://127.0.0.1:1"}},
                "FC_RUNTIME_API"),
    RefusesMode("RefusesAPortBeyondAll", {{"FC_RUNTIME_API", "127.0.0.1:65536"}}, "FC_RUNTIME_API"),
};

OPENFC_CONFORMANCE_ROWS(Section9Polls, kRows);

}  // namespace
}  // namespace openfc::testing
