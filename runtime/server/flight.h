#pragma once

#include "runtime/http/responder.h"
#include "runtime/invoke/invocation.h"
#include "runtime/invoke/reply.h"
#include "runtime/page/shared_page.h"
#include "runtime/server/call_queue.h"
#include "runtime/server/http_reply_sink.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace openfc {

/// One request from its arrival to its answer: whose turn it is to answer, and what stands of it in
/// the shared page. A row is taken when the function begins; what only waits dies with its
/// connection.
class Flight {
 public:
  Flight(SharedPage& page, const Invocation& invocation);
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

  /// By the thread that runs the function, right before. False: it has been answered already, and
  /// the permit is given back.
  bool BeginRun(Permit permit);

  /// The handler ends it itself at its deadline.
  void LeaveDeadlineToHandler();

  /// The answer is complete, or given up.
  void End();

 private:
  enum class State : std::uint32_t { kWaiting, kRunning, kEnded };

  SharedPage& page_;
  const std::string request_id_;
  const InvocationType type_;
  const Deadline deadline_;
  const std::int64_t timeout_s_;
  std::atomic<State> state_ = State::kWaiting;
  std::optional<Permit> permit_;    // While it runs.
  std::optional<std::size_t> row_;  // The same; nothing when the page is full.
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
  void WhenGone(std::function<void()> callback) override { door_->WhenGone(std::move(callback)); }
  void EndsItselfAtDeadline() override { flight_->LeaveDeadlineToHandler(); }
  void Abandon() override;

 private:
  const std::shared_ptr<Flight> flight_;
  const std::unique_ptr<ReplySink> door_;
};

}  // namespace openfc
