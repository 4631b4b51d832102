#include "runtime/client/http_runtime_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/eventfd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <new>
#include <vector>

namespace openfc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Headers = std::map<std::string, std::string, std::less<>>;

/// What the platform says to one poll.
struct PollAnswer {
  int status = 0;  // 0: no status line.
  Headers headers;
  std::string body;
  bool is_truncated = false;
};

struct Posted {
  std::string path;
  std::string body;
  std::string content_type;
  bool with_poll = false;
};

/// In place of a post's status: we cannot even send it.
constexpr int kOutOfMemory = -1;

/// What the platform does, and what it saw. Outlives the exchange.
struct Script {
  std::deque<PollAnswer> polls;   // At its end, `at_end` is called and the poll fails.
  std::deque<int> post_statuses;  // At its end: 200. 0: no status line.
  std::function<void()> at_end;
  std::function<void()> on_post;
  std::vector<Posted> posted;
  bool loses_pairs = false;  // So the exchange believes, until it is asked once.
  bool takes_pairs = false;
  bool brings_both = false;  // The poll's answer has come with the post's.
  Deadline answer_due = {};
  int ended_waits = 0;
  UniqueFd answer_on_first{::eventfd(0, EFD_CLOEXEC)};
  UniqueFd answer_on_second{::eventfd(0, EFD_CLOEXEC)};
  int drops = 0;
  int polled = 0;
};

class ScriptedExchange final : public HttpExchange {
 public:
  explicit ScriptedExchange(Script& script, int socket = -1) : script_(script), socket_(socket) {}

  Expected<HttpAnswer> Poll(const OnHead& on_head) override {
    ++script_.polled;
    has_poll_out_ = false;
    if (script_.polls.empty()) {
      script_.at_end();
      return Error{ErrorCode::kUnavailable, "the script ended"};
    }
    const PollAnswer answer = script_.polls.front();
    script_.polls.pop_front();
    if (answer.status == 0) return Error{ErrorCode::kUnavailable, "connection refused"};
    on_head(answer.status, [&answer](std::string_view name) -> std::optional<std::string_view> {
      const auto found = answer.headers.find(name);
      if (found == answer.headers.end()) return std::nullopt;
      return std::string_view(found->second);
    });
    return HttpAnswer{
        .status = answer.status, .body = answer.body, .is_truncated = answer.is_truncated};
  }

  Expected<HttpAnswer> Post(const HttpPost& post, Then then) override {
    script_.posted.push_back({std::string(post.path), std::string(post.body),
                              std::string(post.content_type), then == Then::kPoll});
    if (script_.on_post) script_.on_post();
    int status = 200;
    if (!script_.post_statuses.empty()) {
      status = script_.post_statuses.front();
      script_.post_statuses.pop_front();
    }
    if (status == kOutOfMemory) throw std::bad_alloc();
    if (status == 0) return Error{ErrorCode::kUnavailable, "reset"};
    has_poll_out_ = then == Then::kPoll;
    return HttpAnswer{.status = status, .body = {}, .is_truncated = false};
  }

  bool CanBeginPair() override { return script_.takes_pairs && !has_poll_out_; }
  void BeginPair(const HttpPost& post) override { sent_ = Post(post, Then::kPoll); }
  Expected<HttpAnswer> FinishPost() override { return *std::exchange(sent_, std::nullopt); }
  Deadline answer_due() const override { return script_.answer_due; }
  void EndWait() override { ++script_.ended_waits; }
  bool HasInput() const override { return script_.brings_both; }
  bool AwaitElsewhere() override { return !script_.loses_pairs; }

  bool HasPollOut() const override { return has_poll_out_; }
  bool IsPollDoubtful() override { return std::exchange(script_.loses_pairs, false); }
  Status BeginPoll() override {
    has_poll_out_ = true;
    return Ok();
  }
  int socket() const override { return socket_; }

  void Drop() override {
    has_poll_out_ = false;
    ++script_.drops;
  }

 private:
  Script& script_;
  const int socket_;
  std::optional<Expected<HttpAnswer>> sent_;
  bool has_poll_out_ = false;
};

PollAnswer Event(const std::string& id, std::string body = "event") {
  return {.status = 200,
          .headers = {{"x-fc-request-id", id}},
          .body = std::move(body),
          .is_truncated = false};
}

PollAnswer Status(int status) {
  return {.status = status, .headers = {}, .body = {}, .is_truncated = false};
}

class HttpRuntimeApiTest : public ::testing::Test {
 protected:
  HttpRuntimeApiTest() : page_(*SharedPage::Create()) {
    script_.at_end = [this] { interrupt_.Trigger(); };
  }

  HttpRuntimeApi& Api() {
    if (!api_) {
      HttpRuntimeApi::Options options;
      options.max_response_bytes = 100;
      options.pause = [this](std::chrono::milliseconds length) {
        pauses_.push_back(length);
        return !interrupt_.is_triggered();
      };
      options.open_exchange = [this] {
        ++reopened_;
        return std::make_unique<ScriptedExchange>(script_, script_.answer_on_second.get());
      };
      options.open_spare = [this] {
        ++spares_;
        return std::make_unique<ScriptedExchange>(script_);
      };
      api_ = std::make_unique<HttpRuntimeApi>(
          std::make_unique<ScriptedExchange>(script_, script_.answer_on_first.get()), shared_,
          std::move(options));
    }
    return *api_;
  }

  std::string NextId() {
    const auto work = Api().Next();
    if (!work) return "(" + work.error().message + ")";
    rows_[work->invocation->request_id] = work->row;
    return work->invocation->request_id;
  }

  Answer AnswerTo(const std::string& id) {
    return {.request_id = id, .row = rows_[id], .outcome = Response{}};
  }

  void Post(const std::string& id, Outcome outcome) {
    Api().Post({.request_id = id, .row = rows_[id], .outcome = std::move(outcome)});
  }

  std::vector<std::string> PostedPaths() const {
    std::vector<std::string> paths;
    for (const Posted& posted : script_.posted) paths.push_back(posted.path);
    return paths;
  }

  RowState StateInPage() const { return page_->ReadInFlight().at(0).state; }

  Script script_;
  std::unique_ptr<SharedPage> page_;
  Interrupt interrupt_;
  RuntimeApiShared shared_{.page = *page_, .interrupt = interrupt_};
  std::map<std::string, std::size_t> rows_;
  int spares_ = 0;
  int reopened_ = 0;
  std::vector<std::chrono::milliseconds> pauses_;
  std::unique_ptr<HttpRuntimeApi> api_;
};

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
  script_.polls = {PollAnswer{}, Status(500), Status(503), Status(429), Event("r-1")};

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
  for (int i = 0; i < 10; ++i) script_.polls.push_back(Status(403));

  const auto invocation = Api().Next();

  ASSERT_FALSE(invocation);
  EXPECT_EQ(invocation.error().code, ErrorCode::kProtocol);
  EXPECT_EQ(script_.polled, 10);
}

TEST_F(HttpRuntimeApiTest, CountsRefusalsAnewAfterAnotherFailure) {
  for (int i = 0; i < 9; ++i) script_.polls.push_back(Status(403));
  script_.polls.push_back(Status(500));
  script_.polls.push_back(Status(403));
  script_.polls.push_back(Event("r-1"));

  EXPECT_EQ(NextId(), "r-1");
}

TEST_F(HttpRuntimeApiTest, DoesNotTake408And429ForRefusals) {
  for (int i = 0; i < 6; ++i) script_.polls.push_back(Status(408));
  for (int i = 0; i < 6; ++i) script_.polls.push_back(Status(429));
  script_.polls.push_back(Event("r-1"));

  EXPECT_EQ(NextId(), "r-1");
}

TEST_F(HttpRuntimeApiTest, PollsOnAfterAnAnswerWithoutAValidRequestId) {
  script_.polls = {Status(200), Event("no/slash"), Event(std::string(129, 'x')), Event("r-1")};

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
  script_.polls = {Status(200), Status(200), Event("r-1")};

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
  for (int i = 0; i < 10; ++i) script_.polls.push_back(Status(403));

  (void)NextId();

  EXPECT_TRUE(interrupt_.is_triggered());
  EXPECT_EQ(Api().Next().error().code, ErrorCode::kProtocol);
}

TEST_F(HttpRuntimeApiTest, PostsAnInitErrorToItsOwnPath) {
  EXPECT_TRUE(Api().PostInitError({.type = "E", .document = "{\"errorType\": \"E\"}"}));

  EXPECT_THAT(PostedPaths(), ElementsAre("/2020-11-11/runtime/init/error"));
}

// Without waiting
// -------------------------------------------------------------------------------------------------

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
