#pragma once

#include "runtime/base/dialect.h"
#include "runtime/client/http_exchange.h"
#include "runtime/client/interrupt.h"
#include "runtime/client/poll_patience.h"
#include "runtime/client/runtime_api.h"
#include "runtime/page/shared_page.h"
#include "runtime/wire/outcome_post.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace openfc {

/// What the RuntimeApis of a process share.
struct RuntimeApiShared {
  SharedPage& page;
  Interrupt& interrupt;
  PollPatience patience = {};
  /// rloader has claimed an invocation: we neither post nor poll any more (section 9).
  std::atomic<bool> is_claimed{false};
};

/// The Runtime API over HTTP (fc-runtime-api.md, section 1), with the patience of section 9, 'The
/// platform misbehaves'. Keeps the shared page: a row stands there from the moment an invocation's
/// head was read until its answer was accepted or given up. One thread's.
class HttpRuntimeApi final : public RuntimeApi {
 public:
  struct Options {
    Dialect dialect = Dialect::kFc;
    std::size_t max_response_bytes = 32U * 1024 * 1024;  // For the text of an answer to a 413.

    /// Waits between two attempts; false when it was cut short. Empty: Interrupt::Pause.
    std::function<bool(std::chrono::milliseconds)> pause;

    /// Another connection for polls, when the first one's may have been lost.
    std::function<std::unique_ptr<HttpExchange>()> open_exchange;

    /// A second connection, for a post that must be repeated while a poll is out on the first.
    std::function<std::unique_ptr<HttpExchange>()> open_spare;
  };

  /// `shared` must outlive the object.
  HttpRuntimeApi(std::unique_ptr<HttpExchange> exchange, RuntimeApiShared& shared, Options options);

  Expected<Work> Next() override;
  void Post(Answer answer) override;
  Expected<Work> PostAndNext(Answer answer, const std::function<void()>& when_posted) override;
  bool BeginPostAndNext(Answer& answer) override;
  std::optional<Expected<Work>> TryNext(const std::function<void()>& when_posted) override;
  int socket() const override { return exchange_->socket(); }
  Deadline silence_end() const override {
    return sent_ == nullptr ? Deadline::Never() : exchange_->answer_due();
  }
  void EndWait() override { exchange_->EndWait(); }
  void LeaveDeadlineToHandler(std::size_t row) override;
  Status PostInitError(Failure failure) override;

 private:
  /// How a post ended: with a status, or without one (0) for a reason.
  struct PostEnd {
    int status = 0;
    Error failure{ErrorCode::kUnavailable, ""};
  };

  /// An answer that was sent by BeginPostAndNext(), and kept until the platform has accepted it.
  struct SentAnswer {
    Answer answer;
    wire::OutcomePost post;  // Borrows from the answer.
  };

  bool Pause(std::chrono::milliseconds length);
  bool IsOver() const;
  void OnClaimed();

  /// One poll: an invocation; or a failure, which counts; or nothing when there was something to
  /// answer or to skip and the next poll may go at once.
  Expected<std::optional<Work>> Poll();
  Expected<HttpAnswer> AwaitAnswer(const OnHead& on_head);
  void DoubtPoll();
  /// Of the two polls that are out, whether the doubted one is answered first.
  bool AwaitsDoubted() const;
  Expected<std::optional<Work>> Accept(Work work, HttpAnswer answer);

  std::unique_ptr<SentAnswer> Prepare(Answer& answer) const;
  void Deliver(Answer answer, HttpExchange::Then then);
  /// The platform's word on an answer that was sent: replaced if need be, then done with.
  void Conclude(const Answer& answer, PostEnd end);
  /// Sends the same bytes until there is an answer that settles it.
  PostEnd PostPatiently(const wire::OutcomePost& outcome, HttpExchange::Then then);
  PostEnd RepeatPatiently(const HttpPost& post, PostEnd end);
  static PostEnd Judge(const Expected<HttpAnswer>& answer);
  PostEnd PostOutcome(std::string_view request_id, const Outcome& outcome, HttpExchange::Then then);
  /// A response that was too large for the platform, or for our memory, is answered for.
  PostEnd PostInstead(std::string_view request_id, std::size_t size, const PostEnd& first);
  HttpExchange& ExchangeForPost();

  std::unique_ptr<HttpExchange> exchange_;
  std::unique_ptr<HttpExchange> doubted_;  // Its poll is out, and may have been lost. Mostly null.
  std::unique_ptr<HttpExchange> spare_;    // Null until it is needed.
  std::unique_ptr<SentAnswer> sent_;       // Mostly null.
  RuntimeApiShared& shared_;
  const Options options_;
};

}  // namespace openfc
