#include "runtime/client/http_runtime_api.h"

#include "runtime/base/log.h"
#include "runtime/wire/fault.h"
#include "runtime/wire/routes.h"

#include <optional>
#include <utility>

namespace openfc {
namespace {

constexpr int kRefusalsUntilGivingUp = 10;
constexpr int kLogEvery = 10;    // The first failed poll and every tenth.
constexpr int kPostRepeats = 3;  // After the first try.
constexpr int kStatusOk = 200;
constexpr int kStatusTooLarge = 413;

bool IsAccepted(int status) { return status >= 200 && status < 300; }

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

/// A post that was answered is not sent again, unless the platform says that it failed itself.
bool EndsAPost(int status) { return status < 500; }

}  // namespace

HttpRuntimeApi::HttpRuntimeApi(std::unique_ptr<HttpExchange> exchange, SharedPage& page,
                               Interrupt& interrupt, Options options)
    : exchange_(std::move(exchange)),
      page_(page),
      interrupt_(interrupt),
      options_(std::move(options)) {}

bool HttpRuntimeApi::Pause(std::chrono::milliseconds length) {
  return options_.pause ? options_.pause(length) : interrupt_.Pause(length);
}

Expected<Invocation> HttpRuntimeApi::Next() {
  const Error cancelled{ErrorCode::kCancelled, "the instance stops"};
  while (!interrupt_.is_triggered() && !is_claimed_) {
    auto polled = Poll();
    if (!polled && (interrupt_.is_triggered() || is_claimed_)) return cancelled;
    if (!polled) {
      if (auto outlasted = OutlastFailure(polled.error()); !outlasted) return outlasted.error();
      continue;
    }
    failures_in_a_row_ = 0;
    refusals_in_a_row_ = 0;
    poll_backoff_.Reset();
    if (polled->has_value()) return std::move(**polled);
  }
  return cancelled;
}

Expected<std::optional<Invocation>> HttpRuntimeApi::Poll() {
  Invocation invocation;
  std::optional<std::size_t> row;
  page_.MarkPolling();
  auto answer = exchange_->Get(
      std::string(wire::kNextPath), [&](int status, const wire::HeaderLookup& headers) {
        if (status != kStatusOk) return;
        invocation = wire::ReadInvocation(headers);
        row = page_.Receive(invocation.request_id, static_cast<std::uint32_t>(invocation.type),
                            invocation.deadline, invocation.function.timeout_s);
      });
  if (!answer) return answer.error();
  if (answer->status != kStatusOk) return StatusError(answer->status, IsRefusal(answer->status));
  if (!row) return Error{ErrorCode::kUnavailable, "the answer has no valid request_id"};
  rows_[invocation.request_id] = *row;
  if (answer->is_truncated) {
    LogError("event_truncated request_id={} bytes={}", invocation.request_id, answer->body.size());
    (void)Post(invocation.request_id, wire::EventTruncated());
    return std::optional<Invocation>();
  }
  if (!page_.MarkRunning(*row)) return Claimed();
  invocation.body = std::move(answer->body);
  return std::optional<Invocation>(std::move(invocation));
}

Status HttpRuntimeApi::OutlastFailure(const Error& failure) {
  exchange_->Drop();
  refusals_in_a_row_ = failure.code == ErrorCode::kProtocol ? refusals_in_a_row_ + 1 : 0;
  if (failures_in_a_row_++ % kLogEvery == 0) {
    LogWarn("next_failed failures_in_a_row={} cause=\"{}\"", failures_in_a_row_, failure.message);
  }
  if (refusals_in_a_row_ >= kRefusalsUntilGivingUp) {
    return Error{ErrorCode::kProtocol, "the platform refused " +
                                           std::to_string(refusals_in_a_row_) +
                                           " polls in a row: " + failure.message};
  }
  if (Pause(poll_backoff_.NextDelay())) return Ok();
  return Error{ErrorCode::kCancelled, "the instance stops"};
}

Status HttpRuntimeApi::PostPatiently(const std::string& path, const wire::HeaderList& headers,
                                     std::string_view body, std::string_view content_type,
                                     int& last_status) {
  Backoff backoff;
  Error failure{ErrorCode::kUnavailable, ""};
  for (int attempt = 0; attempt <= kPostRepeats; ++attempt) {
    if (attempt > 0) Pause(backoff.NextDelay());  // Stopping: only without the pauses.
    const auto answer = exchange_->Post(path, headers, body, content_type);
    last_status = answer ? answer->status : 0;
    if (IsAccepted(last_status)) return Ok();
    failure = answer ? StatusError(last_status, EndsAPost(last_status)) : answer.error();
    if (failure.code != ErrorCode::kUnavailable) break;
    exchange_->Drop();
  }
  return failure;
}

Status HttpRuntimeApi::PostOutcome(std::string_view request_id, const Outcome& outcome,
                                   int& last_status) {
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    return PostPatiently(wire::ErrorPath(request_id), {}, failure->document,
                         wire::kErrorContentType, last_status);
  }
  const auto& response = std::get<Response>(outcome);
  wire::HeaderList headers;
  if (response.http_params) headers.emplace_back(wire::kHttpParamsHeader, *response.http_params);
  return PostPatiently(wire::ResponsePath(request_id), headers, response.body,
                       wire::kResponseContentType, last_status);
}

Status HttpRuntimeApi::Post(std::string_view request_id, Outcome outcome) {
  const auto found = rows_.find(request_id);
  if (found == rows_.end()) {
    return Error{ErrorCode::kProtocol, "no invocation of that id awaits an answer"};
  }
  const std::size_t row = found->second;
  rows_.erase(found);
  if (!page_.TryBeginPost(row)) return Claimed();
  int last_status = 0;
  Status posted = PostOutcome(request_id, outcome, last_status);
  if (const auto* response = std::get_if<Response>(&outcome); response != nullptr && !posted) {
    posted = PostInstead(request_id, response->body.size(), posted.error(), last_status);
  }
  page_.Free(row);
  return posted;
}

Status HttpRuntimeApi::PostInstead(std::string_view request_id, std::size_t size,
                                   const Error& failure, int last_status) {
  const bool is_too_large = last_status == kStatusTooLarge;
  if (!is_too_large && failure.code != ErrorCode::kSystem) return failure;
  LogWarn("response_replaced request_id={} bytes={} cause=\"{}\"", request_id, size,
          failure.message);
  return PostOutcome(request_id,
                     is_too_large ? wire::ResponseTooLarge(size, options_.max_response_bytes)
                                  : wire::ResponseNotSent(size, failure.message),
                     last_status);
}

Error HttpRuntimeApi::Claimed() {
  is_claimed_ = true;
  return Error{ErrorCode::kCancelled, "rloader answers"};
}

Status HttpRuntimeApi::PostInitError(Failure failure) {
  int last_status = 0;
  return PostPatiently(std::string(wire::kInitErrorPath), {}, failure.document,
                       wire::kErrorContentType, last_status);
}

}  // namespace openfc
