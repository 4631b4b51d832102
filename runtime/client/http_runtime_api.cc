#include "runtime/client/http_runtime_api.h"

#include "runtime/base/before_wait.h"
#include "runtime/base/log.h"
#include "runtime/client/post_policy.h"
#include "runtime/wire/fault.h"
#include "runtime/wire/outcome_post.h"
#include "runtime/wire/routes.h"

#include <poll.h>

#include <array>
#include <cerrno>
#include <exception>
#include <utility>

namespace openfc {
namespace {

constexpr int kStatusOk = 200;
constexpr std::size_t kMostSentWithoutWaiting = 64UL * 1024;  // A socket takes so much at once.

bool IsAccepted(int status) { return JudgePost(status) == PostVerdict::kAccepted; }

/// A 4xx that will not be different next time.
bool IsRefusal(int status) {
  constexpr int kRequestTimeout = 408;
  constexpr int kTooManyRequests = 429;
  return status >= 400 && status < 500 && status != kRequestTimeout && status != kTooManyRequests;
}

Error StatusError(int status, bool is_final) {
  return Error{is_final ? ErrorCode::kProtocol : ErrorCode::kUnavailable,
               "the platform answered " + std::to_string(status)};
}

Error Stopped() { return Error{ErrorCode::kCancelled, "the instance stops"}; }

/// Borrows from `outcome`.
HttpPost HttpPostOf(const wire::OutcomePost& outcome) {
  return {.path = outcome.path,
          .content_type = outcome.content_type,
          .headers = outcome.headers,
          .body = outcome.body};
}

/// What sending throws is that there is no memory for it.
Expected<HttpAnswer> SendPost(HttpExchange& exchange, const HttpPost& post,
                              HttpExchange::Then then) try {
  return exchange.Post(post, then);
} catch (const std::exception& exception) {
  exchange.Drop();
  return Error{ErrorCode::kSystem, exception.what()};
}

}  // namespace

HttpRuntimeApi::HttpRuntimeApi(std::unique_ptr<HttpExchange> exchange, RuntimeApiShared& shared,
                               Options options)
    : exchange_(std::move(exchange)), shared_(shared), options_(std::move(options)) {}

bool HttpRuntimeApi::Pause(std::chrono::milliseconds length) {
  return options_.pause ? options_.pause(length) : shared_.interrupt.Pause(length);
}

bool HttpRuntimeApi::IsOver() const {
  return shared_.interrupt.is_triggered() || shared_.is_claimed.load();
}

void HttpRuntimeApi::OnClaimed() {
  shared_.is_claimed.store(true);
  shared_.interrupt.Trigger();  // The other threads poll no more either.
}

// Polling
// ------------------------------------------------------------------------------------------------

Expected<Work> HttpRuntimeApi::Next() {
  // A poll that is out may have brought its invocation already: that one is still ours to answer.
  while (!IsOver() || exchange_->HasPollOut()) {
    auto polled = Poll();
    if (!polled && IsOver()) break;
    if (!polled) {
      exchange_->Drop();
      const auto pause = shared_.patience.OnFailure(polled.error());
      if (!pause) {
        shared_.interrupt.Trigger();  // The other threads' polls are as pointless.
        return pause.error();
      }
      if (!Pause(*pause)) break;
      continue;
    }
    shared_.patience.OnSuccess();
    if (polled->has_value()) return std::move(**polled);
  }
  exchange_->Drop();
  doubted_.reset();
  if (shared_.patience.is_refused()) return Error{ErrorCode::kProtocol, "the platform refused us"};
  return Stopped();
}

Expected<std::optional<Work>> HttpRuntimeApi::Poll() {
  std::unique_ptr<Invocation> invocation;
  std::optional<std::size_t> row;
  shared_.page.MarkPolling();
  auto answer = AwaitAnswer([&](int status, const wire::HeaderLookup& headers) {
    if (status != kStatusOk) return;
    // NOLINTNEXTLINE(modernize-make-unique): that would move it; this makes it in its place.
    invocation.reset(new Invocation(wire::ReadInvocation(headers, options_.dialect)));
    row = shared_.page.Receive(invocation->request_id, static_cast<std::uint32_t>(invocation->type),
                               invocation->deadline, invocation->function.timeout_s);
  });
  if (!answer) return answer.error();
  if (answer->status != kStatusOk) return StatusError(answer->status, IsRefusal(answer->status));
  if (!row) return Error{ErrorCode::kUnavailable, "the answer has no valid request_id"};
  return Accept({.invocation = std::move(invocation), .row = *row}, *std::move(answer));
}

/// A poll that may have been lost is never given up: on a platform that did not lose it, it would
/// take the next invocation with it. Another one goes out beside it, and the first answer counts.
Expected<HttpAnswer> HttpRuntimeApi::AwaitAnswer(const OnHead& on_head) {
  if (doubted_ == nullptr && exchange_->IsPollDoubtful()) DoubtPoll();
  if (doubted_ == nullptr) return exchange_->Poll(on_head);
  if (auto begun = exchange_->BeginPoll(); !begun) return begun.error();
  if (!AwaitsDoubted()) return exchange_->Poll(on_head);
  auto answer = doubted_->Poll(on_head);
  doubted_.reset();
  return answer ? std::move(answer) : exchange_->Poll(on_head);
}

void HttpRuntimeApi::DoubtPoll() {
  LogInfo("poll_doubted reason=\"sent behind a post, and nothing came of it\"");
  doubted_ = std::exchange(exchange_, options_.open_exchange());
}

bool HttpRuntimeApi::AwaitsDoubted() const {
  std::array<pollfd, 3> entries{{
      {.fd = doubted_->socket(), .events = POLLIN, .revents = 0},
      {.fd = exchange_->socket(), .events = POLLIN, .revents = 0},
      {.fd = shared_.interrupt.fd(), .events = POLLIN, .revents = 0},
  }};
  BeforeWait();
  while (::poll(entries.data(), entries.size(), -1) < 0 && errno == EINTR) {
  }
  return entries[0].revents != 0;
}

Expected<std::optional<Work>> HttpRuntimeApi::Accept(Work work, HttpAnswer answer) {
  Invocation& invocation = *work.invocation;
  if (answer.is_truncated) {
    LogError("event_truncated request_id={} bytes={}", invocation.request_id, answer.body.size());
    Post({.request_id = invocation.request_id,
          .row = work.row,
          .outcome = wire::EventTruncated(options_.dialect)});
    return std::optional<Work>();
  }
  if (!shared_.page.MarkRunning(work.row)) {
    OnClaimed();
    return Stopped();
  }
  invocation.body = std::move(answer.body);
  return std::optional<Work>(std::move(work));
}

// Posting
// ------------------------------------------------------------------------------------------------

void HttpRuntimeApi::Post(Answer answer) {
  Deliver(std::move(answer), HttpExchange::Then::kNothing);
}

Expected<Work> HttpRuntimeApi::PostAndNext(Answer answer,
                                           const std::function<void()>& when_posted) {
  // While one poll may have been lost, the other must not be lost in the same way.
  Deliver(std::move(answer),
          doubted_ == nullptr ? HttpExchange::Then::kPoll : HttpExchange::Then::kNothing);
  when_posted();
  return Next();
}

void HttpRuntimeApi::Deliver(Answer answer, HttpExchange::Then then) {
  if (!shared_.page.TryBeginPost(answer.row)) {
    OnClaimed();
    LogWarn("answer_left_to_rloader request_id={}", answer.request_id);
    return;
  }
  Conclude(answer, PostOutcome(answer.request_id, answer.outcome, then));
}

void HttpRuntimeApi::Conclude(const Answer& answer, PostEnd end) {
  const auto* response = std::get_if<Response>(&answer.outcome);
  if (!IsAccepted(end.status) && response != nullptr) {
    end = PostInstead(answer.request_id, response->body.size(), end);
  }
  shared_.page.Free(answer.row);
  if (IsAccepted(end.status)) return;
  LogError("post_failed request_id={} cause=\"{}\"", answer.request_id, end.failure.message);
}

// Posting without waiting
// ------------------------------------------------------------------------------------------------

bool HttpRuntimeApi::BeginPostAndNext(Answer& answer) {
  if (doubted_ != nullptr || IsOver() || !exchange_->CanBeginPair()) return false;
  auto sent = Prepare(answer);
  if (sent == nullptr) return false;
  if (!shared_.page.TryBeginPost(sent->answer.row)) {  // Post() finds that out, too.
    answer = std::move(sent->answer);
    return false;
  }
  sent_ = std::move(sent);
  exchange_->BeginPair(HttpPostOf(sent_->post));
  return true;
}

/// Null, and `answer` is untouched: it is too large, also for our memory.
std::unique_ptr<HttpRuntimeApi::SentAnswer> HttpRuntimeApi::Prepare(Answer& answer) const {
  const auto* response = std::get_if<Response>(&answer.outcome);
  if (response != nullptr && response->body.size() > kMostSentWithoutWaiting) return nullptr;
  std::unique_ptr<SentAnswer> sent;
  try {
    sent = std::make_unique<SentAnswer>();
    sent->answer = std::move(answer);
    sent->post = wire::PostOf(sent->answer.outcome, sent->answer.request_id, options_.dialect);
    if (sent->post.body.size() <= kMostSentWithoutWaiting) return sent;
  } catch (const std::exception&) {  // Without memory for this there may be some for Post().
  }
  if (sent != nullptr) answer = std::move(sent->answer);
  return nullptr;
}

std::optional<Expected<Work>> HttpRuntimeApi::TryNext(const std::function<void()>& when_posted) {
  if (const auto sent = std::move(sent_)) {
    PostEnd end = Judge(exchange_->FinishPost());
    if (!IsAccepted(end.status)) end = RepeatPatiently(HttpPostOf(sent->post), std::move(end));
    Conclude(sent->answer, std::move(end));
    when_posted();
    if (exchange_->HasPollOut() && !exchange_->HasInput() && exchange_->AwaitElsewhere()) {
      return std::nullopt;
    }
  }
  return Next();
}

/// A poll that is out must not be lost to a post that has to go once more.
HttpExchange& HttpRuntimeApi::ExchangeForPost() {
  if (!exchange_->HasPollOut()) return *exchange_;
  if (spare_ == nullptr) spare_ = options_.open_spare();
  return *spare_;
}

HttpRuntimeApi::PostEnd HttpRuntimeApi::Judge(const Expected<HttpAnswer>& answer) {
  PostEnd end;
  end.status = answer ? answer->status : 0;
  if (IsAccepted(end.status)) return end;
  end.failure = answer ? StatusError(end.status, JudgePost(end.status) != PostVerdict::kAgain)
                       : answer.error();
  return end;
}

HttpRuntimeApi::PostEnd HttpRuntimeApi::PostPatiently(const wire::OutcomePost& outcome,
                                                      HttpExchange::Then then) {
  const HttpPost post = HttpPostOf(outcome);
  HttpExchange& exchange = ExchangeForPost();
  const bool is_own = &exchange == exchange_.get();
  PostEnd end = Judge(SendPost(exchange, post, is_own ? then : HttpExchange::Then::kNothing));
  if (!IsAccepted(end.status) && end.failure.code == ErrorCode::kUnavailable &&
      !exchange.HasPollOut()) {
    exchange.Drop();
  }
  return RepeatPatiently(post, std::move(end));
}

/// What the first attempt's end calls for.
HttpRuntimeApi::PostEnd HttpRuntimeApi::RepeatPatiently(const HttpPost& post, PostEnd end) {
  const auto is_settled = [&end] {
    return IsAccepted(end.status) || end.failure.code != ErrorCode::kUnavailable;
  };
  if (is_settled()) return end;
  Backoff backoff;  // Made only now: its seed is dear.
  for (int repeat = 0; repeat < kPostRepeats && !is_settled(); ++repeat) {
    Pause(backoff.NextDelay());  // Stopping: only without the pauses.
    HttpExchange& exchange = ExchangeForPost();
    end = Judge(SendPost(exchange, post, HttpExchange::Then::kNothing));
    if (!is_settled() && !exchange.HasPollOut()) exchange.Drop();
  }
  return end;
}

HttpRuntimeApi::PostEnd HttpRuntimeApi::PostOutcome(std::string_view request_id,
                                                    const Outcome& outcome,
                                                    HttpExchange::Then then) {
  return PostPatiently(wire::PostOf(outcome, request_id, options_.dialect), then);
}

HttpRuntimeApi::PostEnd HttpRuntimeApi::PostInstead(std::string_view request_id, std::size_t size,
                                                    const PostEnd& first) {
  const bool is_too_large = JudgePost(first.status) == PostVerdict::kTooLarge;
  if (!is_too_large && first.failure.code != ErrorCode::kSystem) return first;
  LogWarn("response_replaced request_id={} bytes={} cause=\"{}\"", request_id, size,
          first.failure.message);
  return PostOutcome(
      request_id,
      is_too_large ? wire::ResponseTooLarge(size, options_.max_response_bytes, options_.dialect)
                   : wire::ResponseNotSent(size, first.failure.message, options_.dialect),
      HttpExchange::Then::kNothing);
}

void HttpRuntimeApi::LeaveDeadlineToHandler(std::size_t row) {
  shared_.page.MarkSelfCancelling(row);
}

Status HttpRuntimeApi::PostInitError(Failure failure) {
  const PostEnd end =
      PostPatiently(wire::InitErrorPostOf(failure, options_.dialect), HttpExchange::Then::kNothing);
  if (IsAccepted(end.status)) return Ok();
  return end.failure;
}

}  // namespace openfc
