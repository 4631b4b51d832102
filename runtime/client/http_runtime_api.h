#pragma once

#include "runtime/base/dialect.h"
#include "runtime/client/backoff.h"
#include "runtime/client/http_exchange.h"
#include "runtime/client/runtime_api.h"
#include "runtime/page/shared_page.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace openfc {

/// The Runtime API over HTTP, one call at a time over one kept connection (fc-runtime-api.md,
/// section 1), with the patience of section 9, 'The platform misbehaves'. Keeps the shared page: a
/// row stands there from the moment an invocation's head was read until its answer was accepted or
/// given up. Not thread-safe.
class HttpRuntimeApi final : public RuntimeApi {
 public:
  struct Options {
    Dialect dialect = Dialect::kFc;
    std::size_t max_response_bytes = 32U * 1024 * 1024;  // For the text of an answer to a 413.

    /// Waits between two attempts; false when it was cut short. Empty: Interrupt::Pause.
    std::function<bool(std::chrono::milliseconds)> pause;
  };

  /// `page` and `interrupt` must outlive the object.
  HttpRuntimeApi(std::unique_ptr<HttpExchange> exchange, SharedPage& page, Interrupt& interrupt,
                 Options options);

  Expected<Invocation> Next() override;
  Status Post(std::string_view request_id, Outcome outcome) override;
  Status PostInitError(Failure failure) override;

 private:
  bool Pause(std::chrono::milliseconds length);

  /// One poll: an invocation; kCancelled; kUnavailable and kProtocol count as failures; nothing
  /// when there was something to answer or to skip and the next poll may go at once.
  Expected<std::optional<Invocation>> Poll();

  /// Counts one more poll that failed, logs it, waits. kCancelled, or kProtocol when it was one too
  /// many.
  Status OutlastFailure(const Error& failure);

  /// Sends the same bytes until there is an answer that settles it.
  Status PostPatiently(const std::string& path, const wire::HeaderList& headers,
                       std::string_view body, std::string_view content_type, int& last_status);
  /// A response that was too large for the platform, or for our memory, is answered for.
  Status PostInstead(std::string_view request_id, std::size_t size, const Error& failure,
                     int last_status);
  /// rloader answers from here on: we neither post nor poll any more (section 9).
  Error Claimed();
  Status PostOutcome(std::string_view request_id, const Outcome& outcome, int& last_status);

  std::unique_ptr<HttpExchange> exchange_;
  SharedPage& page_;
  Interrupt& interrupt_;
  const Options options_;

  std::map<std::string, std::size_t, std::less<>> rows_;  // Of the ids that await an answer.
  Backoff poll_backoff_;
  int failures_in_a_row_ = 0;
  int refusals_in_a_row_ = 0;
  bool is_claimed_ = false;
};

}  // namespace openfc
