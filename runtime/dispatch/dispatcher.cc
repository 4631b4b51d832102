#include "runtime/dispatch/dispatcher.h"

#include "runtime/invoke/call_handler.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace openfc {
namespace {

/// Whose End line it is.
struct EndLine {
  InvocationLog log;
  InvocationType type;
  std::string request_id;

  void Write(bool is_error) const { log.End(type, request_id, is_error); }
};

/// A begun answer: its End line is written before its last bytes go.
class LoggedWriter final : public BodyWriter {
 public:
  LoggedWriter(EndLine end, std::unique_ptr<BodyWriter> writer)
      : end_(std::move(end)), writer_(std::move(writer)) {}
  LoggedWriter(const LoggedWriter&) = delete;
  LoggedWriter& operator=(const LoggedWriter&) = delete;
  ~LoggedWriter() override {
    if (!is_finished_) end_.Write(/*is_error=*/true);
  }

  Status Write(std::string_view chunk) override { return writer_->Write(chunk); }
  Expected<bool> TryWrite(std::string_view chunk, std::function<void()> ready) override {
    return writer_->TryWrite(chunk, std::move(ready));
  }
  Status Finish() override {
    if (!std::exchange(is_finished_, true)) end_.Write(/*is_error=*/false);
    return writer_->Finish();
  }

 private:
  const EndLine end_;
  const std::unique_ptr<BodyWriter> writer_;
  bool is_finished_ = false;
};

class LoggedChannel final : public MessageChannel {
 public:
  LoggedChannel(EndLine end, std::unique_ptr<MessageChannel> channel)
      : end_(std::move(end)), channel_(std::move(channel)) {}
  LoggedChannel(const LoggedChannel&) = delete;
  LoggedChannel& operator=(const LoggedChannel&) = delete;
  ~LoggedChannel() override { end_.Write(/*is_error=*/!is_closed_.load()); }

  std::optional<Received> TryReceive(std::function<void()> ready) override {
    auto received = channel_->TryReceive(std::move(ready));
    if (received && std::holds_alternative<Closed>(*received)) is_closed_.store(true);
    return received;
  }
  Expected<bool> TrySend(Message message, std::function<void()> ready) override {
    return channel_->TrySend(std::move(message), std::move(ready));
  }
  void Close(int code, std::string reason) override {
    is_closed_.store(true);
    channel_->Close(code, std::move(reason));
  }

 private:
  const EndLine end_;
  const std::unique_ptr<MessageChannel> channel_;
  std::atomic<bool> is_closed_ = false;  // Of the two directions, either may see it.
};

/// Stands before a door's own end of the reply and writes the End line on the way.
class LoggedSink final : public ReplySink {
 public:
  LoggedSink(Reply reply, InvocationLog log, Dispatcher::Review review,
             const Invocation& invocation)
      : reply_(std::move(reply)),
        review_(std::move(review)),
        end_{.log = log, .type = invocation.type, .request_id = invocation.request_id} {}

  void Send(Outcome outcome) override {
    review_(outcome);
    end_.Write(std::holds_alternative<Failure>(outcome));
    std::move(reply_).Send(std::move(outcome));
  }

  Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead head) override {
    auto writer = reply_.Begin(std::move(head));
    if (!writer) return writer;
    return std::unique_ptr<BodyWriter>(std::make_unique<LoggedWriter>(end_, *std::move(writer)));
  }

  Expected<std::unique_ptr<MessageChannel>> Upgrade(
      std::vector<std::pair<std::string, std::string>> headers) override {
    auto channel = reply_.Upgrade(std::move(headers));
    if (!channel) return channel;
    return std::unique_ptr<MessageChannel>(
        std::make_unique<LoggedChannel>(end_, *std::move(channel)));
  }

  void WhenHalfClosed(std::function<void()> callback) override {
    reply_.WhenHalfClosed(std::move(callback));
  }
  void WhenGone(std::function<void()> callback) override { reply_.WhenGone(std::move(callback)); }

  void EndsItselfAtDeadline() override { reply_.EndsItselfAtDeadline(); }

  void Abandon() override { end_.Write(/*is_error=*/true); }

 private:
  Reply reply_;  // Let go unanswered, it abandons the door's sink in turn.
  const Dispatcher::Review review_;
  const EndLine end_;
};

}  // namespace

void Dispatcher::Submit(Invocation&& invocation, Reply reply) {
  log_.Start(invocation.type, invocation.request_id);
  Reply logged(std::make_unique<LoggedSink>(std::move(reply), log_, review_, invocation));
  CallHandler(handler_, std::move(invocation), std::move(logged));
}

}  // namespace openfc
