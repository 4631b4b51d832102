#include "runtime/server/flight.h"

#include <utility>

namespace openfc {
namespace {

/// Ends its flight when it goes; what it stands before, first.
class FlightEnd {
 public:
  explicit FlightEnd(std::shared_ptr<Flight> flight) : flight_(std::move(flight)) {}
  FlightEnd(const FlightEnd&) = delete;
  FlightEnd& operator=(const FlightEnd&) = delete;
  ~FlightEnd() { flight_->End(); }

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
  Status Finish() override { return writer_->Finish(); }

 private:
  const FlightEnd end_;  // First: goes last.
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
  void Close(int code, std::string reason) override { channel_->Close(code, std::move(reason)); }

 private:
  const FlightEnd end_;  // First: goes last.
  const std::unique_ptr<MessageChannel> channel_;
};

}  // namespace

Flight::Flight(SharedPage& page, const Invocation& invocation)
    : page_(page),
      request_id_(invocation.request_id),
      type_(invocation.type),
      deadline_(invocation.deadline),
      timeout_s_(invocation.function.timeout_s) {}

bool Flight::BeginRun(Permit permit) {
  State expected = State::kWaiting;
  if (!state_.compare_exchange_strong(expected, State::kRunning)) return false;
  permit_.emplace(std::move(permit));
  row_ = page_.Receive(request_id_, static_cast<std::uint32_t>(type_), deadline_, timeout_s_);
  if (row_) (void)page_.MarkRunning(*row_);
  return true;
}

void Flight::LeaveDeadlineToHandler() {
  if (row_) page_.MarkSelfCancelling(*row_);
}

void Flight::End() {
  State expected = State::kRunning;
  if (!state_.compare_exchange_strong(expected, State::kEnded)) return;
  // A row that rloader has claimed is rloader's: we are about to be killed.
  if (row_ && page_.TryBeginPost(*row_)) page_.Free(*row_);
  permit_.reset();
}

void FlightSink::Send(Outcome outcome) {
  door_->Send(std::move(outcome));
  flight_->End();
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
  door_->Abandon();
  flight_->End();
}

}  // namespace openfc
