#pragma once

#include "runtime/base/mutex.h"
#include "runtime/http/responder.h"
#include "runtime/invoke/invocation.h"
#include "runtime/invoke/reply.h"
#include "runtime/page/shared_page.h"
#include "runtime/server/alarm_clock.h"
#include "runtime/server/call_queue.h"
#include "runtime/server/http_reply_sink.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc {

/// What the flights of a process share; all must outlive them.
struct FlightControl {
  SharedPage& page;
  AlarmClock& alarms;

  /// Makes rloader look at the page, which ends this process. Empty: there is no rloader, and
  /// nobody ends what has passed its deadline.
  std::function<void()> wake_rloader = {};

  /// This process is going to be ended: clients are to stay away from it, as soon as the server's
  /// thread is back at its loop.
  std::function<void()> turn_clients_away = {};
};

/// One request from its arrival to its answer: whose turn it is to answer, what stands of it in the
/// shared page, and its part of the figures.
///
/// At its deadline the server's thread answers in the function's place. What had begun is marked in
/// the page for rloader to end; what only waited for its turn never begins.
class Flight : public std::enable_shared_from_this<Flight> {
 public:
  Flight(const FlightControl& control, const Invocation& invocation);
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;
  ~Flight();

  /// Once, before it is queued: `overruler` and `mapping` answer at the deadline.
  void WatchDeadline(const http::Overruler& overruler, const ReplyMapping& mapping);

  /// By the thread that runs the function, right before. False: it has been answered already, and
  /// the permit is given back.
  bool BeginRun(Permit permit) EXCLUDES_LOCK(overruling_);

  /// The handler ends it itself at its deadline.
  void LeaveDeadlineToHandler();

  /// Right before the last of the answer is sent: it counts from here on, and the deadline does
  /// not. `error_type` is empty for a success. A second call changes nothing.
  void Conclude(std::string_view error_type);

  /// The answer is sent, or given up; after Conclude().
  void Release();

 private:
  enum class State : std::uint32_t { kWaiting, kRunning, kEnded };

  void OnDeadline(const http::Overruler& overruler, const ReplyMapping& mapping);
  /// False: it does not wait any more.
  bool OverruleWaiting(const http::Overruler& overruler, const ReplyMapping& mapping)
      EXCLUDES_LOCK(overruling_);
  void OverruleRunning(const http::Overruler& overruler, const ReplyMapping& mapping);
  bool TryEnd(State from);
  void LeaveToRloader();
  std::int64_t TimeoutSeconds() const;
  ProcessMetrics& Metrics() const { return control_.page.own_metrics(); }

  const FlightControl& control_;
  const std::string request_id_;
  const InvocationType type_;
  const Deadline deadline_;
  const std::int64_t timeout_s_;
  const std::chrono::steady_clock::time_point arrived_ = std::chrono::steady_clock::now();
  std::atomic<State> state_ = State::kWaiting;
  std::atomic<bool> cancels_itself_ = false;
  Mutex overruling_;  // Held while the answer to what waits is given at the deadline.
  std::optional<AlarmClock::Key> alarm_;  // Written before it is queued.

  // Of the thread that begins the run, and from then on of the one that ends it:
  std::chrono::steady_clock::time_point begun_;
  std::optional<std::size_t> row_;  // Nothing when the page is full.
  std::optional<Permit> permit_;
  bool is_posting_ = false;
};

/// The end of a reply that keeps its flight.
class FlightSink final : public ReplySink {
 public:
  FlightSink(std::shared_ptr<Flight> flight, std::unique_ptr<ReplySink> door)
      : flight_(std::move(flight)), door_(std::move(door)) {}

  void Send(Outcome outcome) override;
  Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead head) override;
  Expected<std::unique_ptr<MessageChannel>> Upgrade(
      std::vector<std::pair<std::string, std::string>> headers) override;
  void WhenHalfClosed(std::function<void()> callback) override {
    door_->WhenHalfClosed(std::move(callback));
  }
  void WhenGone(std::function<void()> callback) override { door_->WhenGone(std::move(callback)); }
  void EndsItselfAtDeadline() override { flight_->LeaveDeadlineToHandler(); }
  void Abandon() override;

 private:
  const std::shared_ptr<Flight> flight_;  // Shared with the queue and the deadline.
  const std::unique_ptr<ReplySink> door_;
};

}  // namespace openfc
