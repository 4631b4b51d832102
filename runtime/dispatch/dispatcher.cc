#include "runtime/dispatch/dispatcher.h"

#include "runtime/invoke/call_handler.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace openfc {
namespace {

/// Stands before a door's own end of the reply and writes the End line on the way.
class LoggedSink final : public ReplySink {
 public:
  LoggedSink(Reply reply, InvocationLog log, Dispatcher::Review review,
             const Invocation& invocation)
      : reply_(std::move(reply)),
        log_(log),
        review_(std::move(review)),
        type_(invocation.type),
        request_id_(invocation.request_id) {}

  void Send(Outcome outcome) override {
    review_(outcome);
    log_.End(type_, request_id_, std::holds_alternative<Failure>(outcome));
    std::move(reply_).Send(std::move(outcome));
  }

  Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead head) override {
    return reply_.Begin(std::move(head));
  }

  Expected<std::unique_ptr<MessageChannel>> Upgrade(
      std::vector<std::pair<std::string, std::string>> headers) override {
    return reply_.Upgrade(std::move(headers));
  }

  void WhenGone(std::function<void()> callback) override { reply_.WhenGone(std::move(callback)); }

  void EndsItselfAtDeadline() override { reply_.EndsItselfAtDeadline(); }

  void Abandon() override { log_.End(type_, request_id_, /*is_error=*/true); }

 private:
  Reply reply_;  // Let go unanswered, it abandons the door's sink in turn.
  const InvocationLog log_;
  const Dispatcher::Review review_;
  const InvocationType type_;
  const std::string request_id_;
};

}  // namespace

void Dispatcher::Submit(Invocation&& invocation, Reply reply) {
  log_.Start(invocation.type, invocation.request_id);
  Reply logged(std::make_unique<LoggedSink>(std::move(reply), log_, review_, invocation));
  CallHandler(handler_, std::move(invocation), std::move(logged));
}

}  // namespace openfc
