#include "runtime/server/flight.h"

#include "runtime/base/log.h"
#include "runtime/wire/fault.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace openfc {
namespace {

// What is begun and not finished was cut off.
constexpr const char* kCutOff = "CutOff";

/// Ends its flight when it goes; what it stands before, first.
class FlightEnd {
 public:
  explicit FlightEnd(std::shared_ptr<Flight> flight) : flight_(std::move(flight)) {}
  FlightEnd(const FlightEnd&) = delete;
  FlightEnd& operator=(const FlightEnd&) = delete;
  ~FlightEnd() {
    flight_->Conclude(kCutOff);
    flight_->Release();
  }

  void MarkComplete() { flight_->Conclude(""); }

 private:
  const std::shared_ptr<Flight> flight_;
};

class FlightWriter final : public BodyWriter {
 public:
  FlightWriter(std::shared_ptr<Flight> flight, std::unique_ptr<BodyWriter> writer)
      : end_(std::move(flight)), writer_(std::move(writer)) {}

  Status Write(std::string_view chunk) override { return writer_->Write(chunk); }
  Expected<bool> TryWrite(std::string_view chunk, std::function<void()> ready) override {
    return writer_->TryWrite(chunk, std::move(ready));
  }
  Status Finish() override {
    end_.MarkComplete();
    return writer_->Finish();
  }

 private:
  FlightEnd end_;  // First: goes last.
  const std::unique_ptr<BodyWriter> writer_;
};

class FlightChannel final : public MessageChannel {
 public:
  FlightChannel(std::shared_ptr<Flight> flight, std::unique_ptr<MessageChannel> channel)
      : end_(std::move(flight)), channel_(std::move(channel)) {}

  std::optional<Received> TryReceive(std::function<void()> ready) override {
    return channel_->TryReceive(std::move(ready));
  }
  Expected<bool> TrySend(Message message, std::function<void()> ready) override {
    return channel_->TrySend(std::move(message), std::move(ready));
  }
  void Close(int code, std::string reason) override {
    end_.MarkComplete();
    channel_->Close(code, std::move(reason));
  }

 private:
  FlightEnd end_;  // First: goes last.
  const std::unique_ptr<MessageChannel> channel_;
};

std::chrono::microseconds Microseconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               since);
}

}  // namespace

Flight::Flight(const FlightControl& control, const Invocation& invocation)
    : control_(control),
      request_id_(invocation.request_id),
      type_(invocation.type),
      deadline_(invocation.deadline),
      timeout_s_(invocation.function.timeout_s) {
  Metrics().AddWaiting(1);
}

Flight::~Flight() {
  if (alarm_) control_.alarms.Cancel(*alarm_);
}

void Flight::WatchDeadline(const http::Overruler& overruler, const ReplyMapping& mapping) {
  if (deadline_.IsNever()) return;
  alarm_ = control_.alarms.Set(deadline_.when(), [self = weak_from_this(), overruler, mapping] {
    if (const auto flight = self.lock()) flight->OnDeadline(overruler, mapping);
  });
}

bool Flight::BeginRun(Permit permit) {
  begun_ = std::chrono::steady_clock::now();
  row_ =
      control_.page.Receive(request_id_, static_cast<std::uint32_t>(type_), deadline_, timeout_s_);
  if (row_) (void)control_.page.MarkRunning(*row_);
  State expected = State::kWaiting;
  if (!state_.compare_exchange_strong(expected, State::kRunning)) {
    const MutexLock overruled(overruling_);  // Before that, what drops the reply would answer.
    if (row_) control_.page.Free(*row_);
    return false;
  }
  permit_.emplace(std::move(permit));
  Metrics().AddWaiting(-1);
  Metrics().CountBegin();
  return true;
}

void Flight::LeaveDeadlineToHandler() {
  cancels_itself_.store(true);
  if (row_) control_.page.MarkSelfCancelling(*row_);
}

bool Flight::TryEnd(State from) { return state_.compare_exchange_strong(from, State::kEnded); }

void Flight::Conclude(std::string_view error_type) {
  if (!TryEnd(State::kRunning)) return;
  Metrics().CountEnd(static_cast<std::size_t>(type_), error_type, Microseconds(begun_));
  // A row that rloader has claimed is rloader's: we are about to be killed.
  is_posting_ = row_ && control_.page.TryBeginPost(*row_);
}

void Flight::Release() {
  if (is_posting_) control_.page.Free(*row_);
  permit_.reset();
}

void Flight::OnDeadline(const http::Overruler& overruler, const ReplyMapping& mapping) {
  const Deadline last(deadline_.when() + SharedPage::kCancelTime);
  if (cancels_itself_.load() && !last.HasPassed()) {
    (void)control_.alarms.Set(last.when(), [self = weak_from_this(), overruler, mapping] {
      if (const auto flight = self.lock()) flight->OnDeadline(overruler, mapping);
    });
    return;
  }
  if (OverruleWaiting(overruler, mapping)) return;
  if (TryEnd(State::kRunning)) OverruleRunning(overruler, mapping);
}

bool Flight::OverruleWaiting(const http::Overruler& overruler, const ReplyMapping& mapping) {
  const MutexLock overrules(overruling_);
  if (!TryEnd(State::kWaiting)) return false;
  const Failure failure = wire::FunctionTimeout(TimeoutSeconds());
  Metrics().AddWaiting(-1);
  Metrics().CountError(static_cast<std::size_t>(type_), failure.type);
  LogWarn("invocation_timed_out request_id={} reason=\"waited for its turn\"", request_id_);
  overruler.Answer(mapping.outcome(failure));
  return true;
}

/// Clients are turned away first: whoever reads the answer may ask again at once, and the next
/// request must not die with this process. Without a row rloader does not know of this flight, and
/// the process lives on.
void Flight::OverruleRunning(const http::Overruler& overruler, const ReplyMapping& mapping) {
  const Failure failure = wire::FunctionTimeout(TimeoutSeconds());
  Metrics().CountEnd(static_cast<std::size_t>(type_), failure.type, Microseconds(begun_));
  if (row_ && control_.wake_rloader) control_.turn_clients_away();
  overruler.Answer(mapping.outcome(failure));
  // rloader kills: not before the server's thread has come round, and the kernel has the answer.
  (void)control_.alarms.Set(std::chrono::steady_clock::now(),
                            [self = shared_from_this()] { self->LeaveToRloader(); });
}

void Flight::LeaveToRloader() {
  if (!row_ || !control_.page.TryBeginPost(*row_)) return;
  if (control_.wake_rloader) {
    control_.page.MarkAnswered(*row_);
    control_.wake_rloader();
  } else {
    control_.page.Free(*row_);
  }
}

/// What the platform calls the function's timeout; where it did not say, how long it has let it.
std::int64_t Flight::TimeoutSeconds() const {
  if (timeout_s_ > 0) return timeout_s_;
  return std::max<std::int64_t>(
      std::chrono::round<std::chrono::seconds>(deadline_.when() - arrived_).count(), 0);
}

void FlightSink::Send(Outcome outcome) {
  const auto* const failure = std::get_if<Failure>(&outcome);
  std::string_view error_type;
  if (failure != nullptr) error_type = failure->type;
  flight_->Conclude(error_type);
  door_->Send(std::move(outcome));
  flight_->Release();
}

Expected<std::unique_ptr<BodyWriter>> FlightSink::Begin(StreamHead head) {
  auto writer = door_->Begin(std::move(head));
  if (!writer) return writer;
  return std::unique_ptr<BodyWriter>(std::make_unique<FlightWriter>(flight_, *std::move(writer)));
}

Expected<std::unique_ptr<MessageChannel>> FlightSink::Upgrade(
    std::vector<std::pair<std::string, std::string>> headers) {
  auto channel = door_->Upgrade(std::move(headers));
  if (!channel) return channel;
  return std::unique_ptr<MessageChannel>(
      std::make_unique<FlightChannel>(flight_, *std::move(channel)));
}

void FlightSink::Abandon() {
  flight_->Conclude(wire::NoAnswer().type);
  door_->Abandon();
  flight_->Release();
}

}  // namespace openfc
