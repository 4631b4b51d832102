#include "runtime/client/http_runtime_api.h"

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
  PostEnd end = PostOutcome(answer.request_id, answer.outcome, then);
  const auto* response = std::get_if<Response>(&answer.outcome);
  if (!IsAccepted(end.status) && response != nullptr) {
    end = PostInstead(answer.request_id, response->body.size(), end);
  }
  shared_.page.Free(answer.row);
  if (IsAccepted(end.status)) return;
  LogError("post_failed request_id={} cause=\"{}\"", answer.request_id, end.failure.message);
}

/// A poll that is out must not be lost to a post that has to go once more.
HttpExchange& HttpRuntimeApi::ExchangeForPost() {
  if (!exchange_->HasPollOut()) return *exchange_;
  if (spare_ == nullptr) spare_ = options_.open_spare();
  return *spare_;
}

HttpRuntimeApi::PostEnd HttpRuntimeApi::PostPatiently(wire::OutcomePost outcome,
                                                      HttpExchange::Then then) {
  const HttpPost post{.path = outcome.path,
                      .content_type = outcome.content_type,
                      .headers = std::move(outcome.headers),
                      .body = outcome.body};
  std::optional<Backoff> backoff;  // Made when it is needed: its seed is dear.
  PostEnd end;
  for (int attempt = 0; attempt <= kPostRepeats; ++attempt) {
    if (attempt == 1) backoff.emplace();
    if (attempt > 0) Pause(backoff->NextDelay());  // Stopping: only without the pauses.
    HttpExchange& exchange = ExchangeForPost();
    const bool is_first_connection = attempt == 0 && &exchange == exchange_.get();
    const auto answer =
        SendPost(exchange, post, is_first_connection ? then : HttpExchange::Then::kNothing);
    end.status = answer ? answer->status : 0;
    if (IsAccepted(end.status)) return end;
    end.failure = answer ? StatusError(end.status, JudgePost(end.status) != PostVerdict::kAgain)
                         : answer.error();
    if (end.failure.code != ErrorCode::kUnavailable) return end;
    if (!exchange.HasPollOut()) exchange.Drop();
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
