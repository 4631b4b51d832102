// Answers that are sent along with the next poll, and not waited for.

#include "tests/unit/runtime/client/scripted_exchange.h"

#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace openfc {
namespace {

using ::testing::IsEmpty;

void Ignore() {}

TEST_F(HttpRuntimeApiTest, SendsAnAnswerAndLooksForTheNextInvocationLater) {
  script_.takes_pairs = true;
  script_.polls = {Event("r-1"), Event("r-2")};
  EXPECT_EQ(NextId(), "r-1");
  Answer answer = AnswerTo("r-1");

  ASSERT_TRUE(Api().BeginPostAndNext(answer));
  EXPECT_EQ(StateInPage(), RowState::kPosting);

  EXPECT_FALSE(Api().TryNext(Ignore));  // The answer was accepted, and nothing else came.
  EXPECT_THAT(page_->ReadInFlight(), IsEmpty());
  const auto next = Api().TryNext(Ignore);
  ASSERT_TRUE(next && *next);
  EXPECT_EQ((*next)->invocation->request_id, "r-2");
}

TEST_F(HttpRuntimeApiTest, TakesTheNextInvocationWhenItCameWithThePostsAnswer) {
  script_.takes_pairs = script_.brings_both = true;
  script_.polls = {Event("r-1"), Event("r-2")};
  EXPECT_EQ(NextId(), "r-1");
  Answer answer = AnswerTo("r-1");
  ASSERT_TRUE(Api().BeginPostAndNext(answer));

  int posted = 0;
  const auto next = Api().TryNext([&posted] { ++posted; });

  ASSERT_TRUE(next && *next);
  EXPECT_EQ((*next)->invocation->request_id, "r-2");
  EXPECT_EQ(posted, 1);
}

TEST_F(HttpRuntimeApiTest, RepeatsAPostThatWasSentWithoutWaiting) {
  script_.takes_pairs = true;
  script_.polls = {Event("r-1"), Event("r-2")};
  script_.post_statuses = {0, 503, 200};
  EXPECT_EQ(NextId(), "r-1");
  Answer answer = AnswerTo("r-1");
  ASSERT_TRUE(Api().BeginPostAndNext(answer));

  const auto next = Api().TryNext(Ignore);

  EXPECT_EQ(script_.posted.size(), 3U);
  EXPECT_EQ(pauses_.size(), 2U);
  ASSERT_TRUE(next && *next);
  EXPECT_EQ((*next)->invocation->request_id, "r-2");
}

TEST_F(HttpRuntimeApiTest, SaysUntilWhenAnAnswerThatWasSentIsAwaited) {
  script_.takes_pairs = true;
  script_.answer_due = Deadline::After(std::chrono::hours(1));
  script_.polls = {Event("r-1")};
  EXPECT_EQ(NextId(), "r-1");
  EXPECT_TRUE(Api().silence_end().IsNever());
  Answer answer = AnswerTo("r-1");

  ASSERT_TRUE(Api().BeginPostAndNext(answer));
  EXPECT_EQ(Api().silence_end(), script_.answer_due);
  Api().EndWait();
  EXPECT_EQ(script_.ended_waits, 1);

  EXPECT_FALSE(Api().TryNext(Ignore));
  EXPECT_TRUE(Api().silence_end().IsNever());
}

TEST_F(HttpRuntimeApiTest, LooksAfterAPollItselfThatMayHaveBeenLost) {
  script_.takes_pairs = true;
  script_.polls = {Event("r-1"), Event("r-2")};
  EXPECT_EQ(NextId(), "r-1");
  script_.loses_pairs = true;
  Answer answer = AnswerTo("r-1");
  ASSERT_TRUE(Api().BeginPostAndNext(answer));
  ASSERT_EQ(::eventfd_write(script_.answer_on_second.get(), 1), 0);

  const auto next = Api().TryNext(Ignore);

  EXPECT_EQ(reopened_, 1);
  ASSERT_TRUE(next && *next);
  EXPECT_EQ((*next)->invocation->request_id, "r-2");
}

TEST_F(HttpRuntimeApiTest, LeavesAnAnswerThatItCannotSendAtOnceUntouched) {
  script_.polls = {Event("r-1")};
  EXPECT_EQ(NextId(), "r-1");
  Answer answer = AnswerTo("r-1");

  EXPECT_FALSE(Api().BeginPostAndNext(answer));
  script_.takes_pairs = true;
  answer.outcome = Response{.body = std::string(65UL * 1024, 'x')};
  EXPECT_FALSE(Api().BeginPostAndNext(answer));
  answer.outcome = Failure{.type = "E", .document = std::string(65UL * 1024, 'x')};
  EXPECT_FALSE(Api().BeginPostAndNext(answer));
  EXPECT_TRUE(std::holds_alternative<Failure>(answer.outcome));

  EXPECT_EQ(answer.request_id, "r-1");
  EXPECT_EQ(StateInPage(), RowState::kRunning);
  EXPECT_THAT(script_.posted, IsEmpty());
}

}  // namespace
}  // namespace openfc
