// Section 9, the platform misbehaves at a post.

#include "tests/conformance/row.h"

#include <gmock/gmock.h>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

const std::string kMarks =
    "def handler(event, context):\n"
    "    with open('runs', 'a') as runs:\n"
    "        runs.write(context.request_id + '\\n')\n"
    "    if event == b'raise':\n"
    "        raise ValueError('text')\n"
    "    return event\n";

/// Answers the posts of one invocation by `answers`; then the next invocation is served, each
/// handler ran once, and `count` posts came for the first.
struct Play {
  std::vector<Answer> answers;
  std::string event = "event";
  std::size_t event_bytes = 0;  // If not zero: so many of some byte, made when they are sent.
  std::size_t count = 1;
};

/// The same bytes each time, each on a connection of its own.
void ExpectRepeated(const std::vector<Request>& posts) {
  for (std::size_t i = 1; i < posts.size(); ++i) {
    EXPECT_EQ(posts[i].path, posts[0].path);
    EXPECT_EQ(posts[i].body, posts[0].body);
    EXPECT_EQ(posts[i].headers, posts[0].headers);
    EXPECT_NE(posts[i].connection, posts[i - 1].connection);
  }
}

void Run(const Play& play, Instance& instance) {
  for (const Answer& answer : play.answers) instance.platform().AnswerPost(answer);
  instance.Start();
  ASSERT_TRUE(
      instance.Invoke(play.event_bytes == 0 ? play.event : std::string(play.event_bytes, 'x')));
  ASSERT_TRUE(instance.Invoke("next"));
  EXPECT_THAT(instance.platform().PostsFor("r-1"), SizeIs(play.count));
  EXPECT_EQ(instance.ReadFile("runs"), "r-1\nr-2\n");
}

Row Repeats(const std::string& rule, const Play& play) {
  return {.rule = rule,
          .files = Index(kMarks),
          .play =
              [play](Instance& instance) {
                ASSERT_NO_FATAL_FAILURE(Run(play, instance));
                ExpectRepeated(instance.platform().PostsFor("r-1"));
              },
          .unstarted = true};
}

/// Posted once, refused, logged; the runtime goes on.
Row GoesOn(const std::string& rule, int status, const std::string& event) {
  return {.rule = rule,
          .files = Index(kMarks),
          .play =
              [=](Instance& instance) {
                ASSERT_NO_FATAL_FAILURE(
                    Run({.answers = {Respond(status)}, .event = event, .count = 1}, instance));
                EXPECT_THAT(instance.program().output().err(), HasSubstr("r-1"));
              },
          .unstarted = true};
}

void SaysOnceThatItIsTooLarge(Instance& instance) {
  ASSERT_NO_FATAL_FAILURE(Run({.answers = {Respond(413)}, .count = 2}, instance));

  const auto posts = instance.platform().PostsFor("r-1");

  EXPECT_TRUE(posts[0].path.ends_with("/response"));
  ErrorMatching("ResponseTooLarge", "Response payload size 5 exceeds the limit of [0-9]+ bytes")(
      posts[1], instance);
}

Row TooLarge(const std::string& rule, const Play& play) {
  return {.rule = rule,
          .files = Index(kMarks),
          .play = [play](Instance& instance) { Run(play, instance); },
          .unstarted = true};
}

/// The connection of the poll is closed behind its answer; the post comes on another.
void PostsAfterTheConnectionWasClosed(Instance& instance) {
  Answer last = Invoke("r-1", "event");
  last.then = Answer::Then::kClose;
  instance.platform().AnswerNext(last);

  const auto post = instance.platform().AwaitPostFor("r-1");

  ASSERT_TRUE(post);
  EXPECT_EQ(post->body, "event");
  EXPECT_TRUE(instance.platform().AwaitPolls(2));
  EXPECT_EQ(instance.ReadFile("runs"), "r-1\n");
}

/// The platform dies before the post, and comes back.
void PostsToAPlatformThatComesBack(Instance& instance) {
  instance.platform().AnswerPost(HangUp());
  instance.platform().AnswerPost(ResetConnection());
  const auto post = instance.Invoke("event");
  ASSERT_TRUE(post);

  ASSERT_TRUE(instance.platform().AwaitPosts(3));

  EXPECT_EQ(instance.platform().PostsFor("r-1").back().body, "event");
}

const Answer kEarlyReset = ResetConnection(Answer::When::kHeadRead);

const std::vector<Row> kRows = {
    Repeats("RepeatsAPostThatWasHungUpOn", {.answers = {HangUp()}, .count = 2}),
    Repeats("RepeatsAPostThatWasReset", {.answers = {ResetConnection()}, .count = 2}),
    Repeats("RepeatsAPostWhoseAnswerIsNotHttp", {.answers = {Raw("hello\r\n\r\n")}, .count = 2}),
    Repeats("RepeatsAPostWhoseStatusLineEndsEarly", {.answers = {Raw("HTTP/1.1 20")}, .count = 2}),
    Repeats("RepeatsAnErrorPost", {.answers = {HangUp()}, .event = "raise", .count = 2}),
    Repeats("RepeatsAPostThreeTimesAtMost",
            {.answers = {HangUp(), ResetConnection(), HangUp(), HangUp()}, .count = 4}),
    TooLarge("RepeatsAPostThatWasResetBeforeItWasRead",
             {.answers = {kEarlyReset}, .event_bytes = 8U << 20U, .count = 2}),
    {.rule = "PostsToAPlatformThatComesBack",
     .files = Index(kMarks),
     .play = PostsToAPlatformThatComesBack},
    {.rule = "PostsAfterTheConnectionOfThePollWasClosed",
     .files = Index(kMarks),
     .play = PostsAfterTheConnectionWasClosed},

    GoesOn("GoesOnWhenAResultIsRefusedBy404", 404, "event"),
    GoesOn("GoesOnWhenAResultIsRefusedBy400", 400, "event"),
    GoesOn("GoesOnWhenAResultIsRefusedBy403", 403, "event"),
    GoesOn("GoesOnWhenAnErrorIsRefused", 404, "raise"),
    {.rule = "SaysOnceThatAResultIsTooLarge",
     .files = Index(kMarks),
     .play = SaysOnceThatItIsTooLarge,
     .unstarted = true},
    TooLarge("GoesOnWhenThatIsTooLargeToo", {.answers = {Respond(413), Respond(413)}, .count = 2}),
    TooLarge("GoesOnWhenAnErrorIsTooLarge",
             {.answers = {Respond(413)}, .event = "raise", .count = 1}),
};

OPENFC_CONFORMANCE_ROWS(Section9Posts, kRows);

}  // namespace
}  // namespace openfc::testing
