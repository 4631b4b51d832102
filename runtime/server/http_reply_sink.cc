#include "runtime/server/http_reply_sink.h"

#include "runtime/server/http_body_writer.h"
#include "runtime/server/http_message_channel.h"
#include "runtime/wire/fault.h"

namespace openfc {

void HttpReplySink::Send(Outcome outcome) {
  std::move(responder_).Send(mapping_.outcome(std::move(outcome)));
}

Expected<std::unique_ptr<BodyWriter>> HttpReplySink::Begin(StreamHead head) {
  if (mapping_.head) head = mapping_.head(std::move(head));
  auto writer = responder_.Begin({.status = head.status, .headers = std::move(head.headers)});
  if (!writer) return writer.error();
  return std::unique_ptr<BodyWriter>(std::make_unique<HttpBodyWriter>(*std::move(writer)));
}

Expected<std::unique_ptr<MessageChannel>> HttpReplySink::Upgrade(
    std::vector<std::pair<std::string, std::string>> headers) {
  auto socket = responder_.Upgrade(std::move(headers));
  if (!socket) return socket.error();
  return std::unique_ptr<MessageChannel>(std::make_unique<HttpMessageChannel>(*std::move(socket)));
}

void HttpReplySink::WhenHalfClosed(std::function<void()> callback) {
  responder_.WhenHalfClosed(std::move(callback));
}

void HttpReplySink::WhenGone(std::function<void()> callback) {
  responder_.WhenGone(std::move(callback));
}

void HttpReplySink::Abandon() { Send(wire::NoAnswer()); }

}  // namespace openfc
