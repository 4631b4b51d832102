#include "tests/unit/runtime/client/scripted_exchange.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace openfc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(HttpRuntimeApiTest, GivesTheInvocationWithItsBody) {
  script_.polls = {Event("r-1", "payload")};

  const auto work = Api().Next();

  ASSERT_TRUE(work);
  EXPECT_EQ(work->invocation->request_id, "r-1");
  EXPECT_EQ(std::get<std::string>(work->invocation->body), "payload");
}

TEST_F(HttpRuntimeApiTest, KeepsTheInvocationInThePageUntilItIsAnswered) {
  script_.polls = {Event("r-1")};

  EXPECT_EQ(NextId(), "r-1");
  EXPECT_EQ(StateInPage(), RowState::kRunning);
  Post("r-1", Response{.body = "done", .http_params = {}});

  EXPECT_THAT(page_->ReadInFlight(), IsEmpty());
}

TEST_F(HttpRuntimeApiTest, MarksInThePageThatItHasPolled) {
  EXPECT_FALSE(page_->HasPolled());
  script_.polls = {Event("r-1")};

  (void)NextId();

  EXPECT_TRUE(page_->HasPolled());
}

TEST_F(HttpRuntimeApiTest, OutlastsFailedPollsOverNewConnections) {
  script_.polls = {PollAnswer{}, StatusOnly(500), StatusOnly(503), StatusOnly(429), Event("r-1")};

  EXPECT_EQ(NextId(), "r-1");
  EXPECT_EQ(script_.drops, 4);
  EXPECT_EQ(pauses_.size(), 4U);
}

TEST_F(HttpRuntimeApiTest, PausesLongerWithEveryFailureAndAnewAfterASuccess) {
  for (int i = 0; i < 30; ++i) script_.polls.push_back(PollAnswer{});
  script_.polls.push_back(Event("r-1"));
  script_.polls.push_back(PollAnswer{});
  script_.polls.push_back(Event("r-2"));

  EXPECT_EQ(NextId(), "r-1");
  EXPECT_GT(*std::max_element(pauses_.begin(), pauses_.end()), std::chrono::milliseconds(50));
  EXPECT_LE(*std::max_element(pauses_.begin(), pauses_.end()), std::chrono::seconds(2));
  EXPECT_EQ(NextId(), "r-2");
  EXPECT_LE(pauses_.back(), std::chrono::milliseconds(50));
}

TEST_F(HttpRuntimeApiTest, GivesUpAfterTenRefusalsInARow) {
  for (int i = 0; i < 10; ++i) script_.polls.push_back(StatusOnly(403));

  const auto invocation = Api().Next();

  ASSERT_FALSE(invocation);
  EXPECT_EQ(invocation.error().code, ErrorCode::kProtocol);
  EXPECT_EQ(script_.polled, 10);
}

TEST_F(HttpRuntimeApiTest, CountsRefusalsAnewAfterAnotherFailure) {
  for (int i = 0; i < 9; ++i) script_.polls.push_back(StatusOnly(403));
  script_.polls.push_back(StatusOnly(500));
  script_.polls.push_back(StatusOnly(403));
  script_.polls.push_back(Event("r-1"));

  EXPECT_EQ(NextId(), "r-1");
}

TEST_F(HttpRuntimeApiTest, DoesNotTake408And429ForRefusals) {
  for (int i = 0; i < 6; ++i) script_.polls.push_back(StatusOnly(408));
  for (int i = 0; i < 6; ++i) script_.polls.push_back(StatusOnly(429));
  script_.polls.push_back(Event("r-1"));

  EXPECT_EQ(NextId(), "r-1");
}

TEST_F(HttpRuntimeApiTest, PollsOnAfterAnAnswerWithoutAValidRequestId) {
  script_.polls = {StatusOnly(200), Event("no/slash"), Event(std::string(129, 'x')), Event("r-1")};

  EXPECT_EQ(NextId(), "r-1");
  EXPECT_THAT(script_.posted, IsEmpty());
}

TEST_F(HttpRuntimeApiTest, AnswersABodyThatWasCutShortWithEventTruncated) {
  PollAnswer cut = Event("r-1", "half an ev");
  cut.is_truncated = true;
  script_.polls = {cut, Event("r-2")};

  EXPECT_EQ(NextId(), "r-2");

  ASSERT_THAT(PostedPaths(), ElementsAre("/2020-11-11/runtime/invocation/r-1/error"));
  EXPECT_EQ(nlohmann::json::parse(script_.posted[0].body)["errorType"], "EventTruncated");
}

TEST_F(HttpRuntimeApiTest, IsCancelledByTheInterrupt) {
  interrupt_.Trigger();

  const auto invocation = Api().Next();

  ASSERT_FALSE(invocation);
  EXPECT_EQ(invocation.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(script_.polled, 0);
}

TEST_F(HttpRuntimeApiTest, PostsAResponseAsBytesAndAnErrorAsJson) {
  script_.polls = {Event("r-1"), Event("r-2")};
  (void)NextId();
  (void)NextId();

  Post("r-1", Response{.body = "ok", .http_params = {}});
  Post("r-2", Failure{.type = "E", .document = "{}"});

  ASSERT_EQ(script_.posted.size(), 2U);
  EXPECT_EQ(script_.posted[0].path, "/2020-11-11/runtime/invocation/r-1/response");
  EXPECT_EQ(script_.posted[0].content_type, "application/octet-stream");
  EXPECT_EQ(script_.posted[1].path, "/2020-11-11/runtime/invocation/r-2/error");
  EXPECT_EQ(script_.posted[1].content_type, "application/json");
}

TEST_F(HttpRuntimeApiTest, RepeatsAPostWithoutAStatusLineThreeTimesAtMost) {
  script_.polls = {Event("r-1")};
  (void)NextId();
  script_.post_statuses = {0, 0, 0, 0, 0};

  Post("r-1", Response{.body = "same", .http_params = {}});

  EXPECT_EQ(script_.posted.size(), 4U);
  for (const Posted& post : script_.posted) EXPECT_EQ(post.body, "same");
  EXPECT_THAT(page_->ReadInFlight(), IsEmpty());
}

TEST_F(HttpRuntimeApiTest, DoesNotRepeatAPostThatWasRefused) {
  script_.polls = {Event("r-1")};
  (void)NextId();
  script_.post_statuses = {404};

  Post("r-1", Response{.body = "late", .http_params = {}});

  EXPECT_EQ(script_.posted.size(), 1U);
  EXPECT_THAT(page_->ReadInFlight(), IsEmpty());
}

TEST_F(HttpRuntimeApiTest, PostsResponseTooLargeOnceInsteadWhenThePlatformAnswers413) {
  script_.polls = {Event("r-1")};
  (void)NextId();
  script_.post_statuses = {413, 413};

  Post("r-1", Response{.body = "big", .http_params = {}});

  ASSERT_THAT(PostedPaths(), ElementsAre("/2020-11-11/runtime/invocation/r-1/response",
                                         "/2020-11-11/runtime/invocation/r-1/error"));
  EXPECT_EQ(nlohmann::json::parse(script_.posted[1].body)["errorType"], "ResponseTooLarge");
}

TEST_F(HttpRuntimeApiTest, TakesAnySuccessForAnAcceptedPost) {
  for (const int status : {201, 202, 204}) {
    const std::string id = "r-" + std::to_string(status);
    script_.polls = {Event(id)};
    (void)NextId();
    script_.post_statuses = {status};

    Post(id, Response{.body = "done"});
  }
  EXPECT_EQ(script_.posted.size(), 3U);
}

TEST_F(HttpRuntimeApiTest, DoesNotRepeatAPostThatWasAnsweredAtAll) {
  for (const int status : {302, 408, 429}) {
    const std::string id = "r-" + std::to_string(status);
    script_.polls = {Event(id)};
    (void)NextId();
    script_.posted.clear();
    script_.post_statuses = {status};

    Post(id, Response{.body = "done"});
    EXPECT_EQ(script_.posted.size(), 1U) << status;
  }
}

TEST_F(HttpRuntimeApiTest, RepeatsAPostWhenThePlatformFailed) {
  script_.polls = {Event("r-1")};
  (void)NextId();
  script_.post_statuses = {503, 500};

  Post("r-1", Response{.body = "done"});

  EXPECT_EQ(script_.posted.size(), 3U);
}

TEST_F(HttpRuntimeApiTest, AnswersForAResponseThatItHasNotTheMeansToSend) {
  script_.polls = {Event("r-1")};
  (void)NextId();
  script_.post_statuses = {kOutOfMemory};

  Post("r-1", Response{.body = "large"});

  ASSERT_THAT(PostedPaths(), ElementsAre("/2020-11-11/runtime/invocation/r-1/response",
                                         "/2020-11-11/runtime/invocation/r-1/error"));
  EXPECT_EQ(nlohmann::json::parse(script_.posted[1].body)["errorType"], "ResponseNotSent");
  EXPECT_THAT(page_->ReadInFlight(), IsEmpty());
}

TEST_F(HttpRuntimeApiTest, PausesAfterAnAnswerWithoutAValidRequestId) {
  script_.polls = {StatusOnly(200), StatusOnly(200), Event("r-1")};

  EXPECT_EQ(NextId(), "r-1");
  EXPECT_EQ(pauses_.size(), 2U);
}

TEST_F(HttpRuntimeApiTest, PollsNoMoreOnceRloaderHasClaimedAnInvocation) {
  script_.polls = {Event("r-1"), Event("r-2")};
  (void)NextId();
  ASSERT_TRUE(page_->TryClaim(page_->ReadInFlight().at(0).row, /*is_dead=*/false));
  Post("r-1", Response{.body = "too late"});

  const auto next = Api().Next();

  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(script_.polled, 1);
}

TEST_F(HttpRuntimeApiTest, NeitherPostsNorForgetsWhatRloaderHasClaimed) {
  script_.polls = {Event("r-1")};
  (void)NextId();
  ASSERT_TRUE(page_->TryClaim(page_->ReadInFlight().at(0).row, /*is_dead=*/false));

  Post("r-1", Response{.body = "too late", .http_params = {}});

  EXPECT_THAT(script_.posted, IsEmpty());
  EXPECT_EQ(StateInPage(), RowState::kClaimed);
}

TEST_F(HttpRuntimeApiTest, SendsTheNextPollAlongWithThePost) {
  script_.polls = {Event("r-1"), Event("r-2")};
  (void)NextId();

  const auto work = Api().PostAndNext(AnswerTo("r-1"), [] {});

  ASSERT_TRUE(work);
  EXPECT_EQ(work->invocation->request_id, "r-2");
  ASSERT_EQ(script_.posted.size(), 1U);
  EXPECT_TRUE(script_.posted[0].with_poll);
}

TEST_F(HttpRuntimeApiTest, RepeatsAPostOverASecondConnectionWhileAPollIsOut) {
  script_.polls = {Event("r-1"), Event("r-2")};
  (void)NextId();
  script_.post_statuses = {500, 200};

  const auto work = Api().PostAndNext(AnswerTo("r-1"), [] {});

  ASSERT_TRUE(work);
  EXPECT_EQ(work->invocation->request_id, "r-2");
  EXPECT_EQ(script_.posted.size(), 2U);
  EXPECT_FALSE(script_.posted[1].with_poll);
  EXPECT_EQ(spares_, 1);
  EXPECT_EQ(script_.drops, 0);
}

TEST_F(HttpRuntimeApiTest, StillTakesWhatAPollThatIsOutHasBroughtWhenTheInstanceStops) {
  script_.polls = {Event("r-1"), Event("r-2"), Event("r-3")};
  (void)NextId();
  script_.on_post = [this] { interrupt_.Trigger(); };

  const auto work = Api().PostAndNext(AnswerTo("r-1"), [] {});

  ASSERT_TRUE(work);
  EXPECT_EQ(work->invocation->request_id, "r-2");
  EXPECT_EQ(StateInPage(), RowState::kRunning);
  Api().Post({.request_id = "r-2", .row = work->row, .outcome = Response{}});
  EXPECT_EQ(Api().Next().error().code, ErrorCode::kCancelled);
  EXPECT_EQ(script_.polled, 2);
}

TEST_F(HttpRuntimeApiTest, KeepsAPollThatMayHaveBeenLostAndTakesWhatItBrings) {
  script_.polls = {Event("r-1"), Event("r-2"), Event("r-3")};
  (void)NextId();
  script_.loses_pairs = true;
  ::eventfd_write(script_.answer_on_first.get(), 1);

  const auto work = Api().PostAndNext(AnswerTo("r-1"), [] {});

  ASSERT_TRUE(work);
  EXPECT_EQ(work->invocation->request_id, "r-2");
  EXPECT_EQ(reopened_, 1);
  EXPECT_EQ(script_.drops, 0);
  EXPECT_EQ(NextId(), "r-3");  // By the second poll, which is out already.
}

TEST_F(HttpRuntimeApiTest, SendsNoPollAlongWithAPostWhileOneMayHaveBeenLost) {
  script_.polls = {Event("r-1"), Event("r-2"), Event("r-3")};
  (void)NextId();
  script_.loses_pairs = true;
  ::eventfd_write(script_.answer_on_second.get(), 1);

  const auto work = Api().PostAndNext(AnswerTo("r-1"), [] {});
  ASSERT_TRUE(work);
  rows_["r-2"] = work->row;
  (void)Api().PostAndNext(AnswerTo("r-2"), [] {});

  ASSERT_EQ(script_.posted.size(), 2U);
  EXPECT_TRUE(script_.posted[0].with_poll);
  EXPECT_FALSE(script_.posted[1].with_poll);
}

TEST_F(HttpRuntimeApiTest, EndsEveryThreadsPollsOnceRloaderHasClaimedAnInvocation) {
  script_.polls = {Event("r-1")};
  (void)NextId();
  ASSERT_TRUE(page_->TryClaim(rows_["r-1"], /*is_dead=*/false));

  Post("r-1", Response{.body = "too late"});

  EXPECT_TRUE(interrupt_.is_triggered());
}

TEST_F(HttpRuntimeApiTest, EndsEveryThreadsPollsWhenThePlatformRefuses) {
  for (int i = 0; i < 10; ++i) script_.polls.push_back(StatusOnly(403));

  (void)NextId();

  EXPECT_TRUE(interrupt_.is_triggered());
  EXPECT_EQ(Api().Next().error().code, ErrorCode::kProtocol);
}

TEST_F(HttpRuntimeApiTest, PostsAnInitErrorToItsOwnPath) {
  EXPECT_TRUE(Api().PostInitError({.type = "E", .document = "{\"errorType\": \"E\"}"}));

  EXPECT_THAT(PostedPaths(), ElementsAre("/2020-11-11/runtime/init/error"));
}

}  // namespace
}  // namespace openfc
