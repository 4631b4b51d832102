#include "runtime/server/http_message_channel.h"

#include <variant>

namespace openfc {

std::optional<MessageChannel::Received> HttpMessageChannel::TryReceive(
    std::function<void()> ready) {
  auto received = socket_->TryReceive(std::move(ready));
  if (!received) return std::nullopt;
  if (auto* const message = std::get_if<http::WebSocket::Message>(&*received)) {
    return Message{.is_text = message->is_text, .data = std::move(message->data)};
  }
  auto& closed = std::get<http::WebSocket::Closed>(*received);
  return Closed{.code = closed.code, .reason = std::move(closed.reason)};
}

Expected<bool> HttpMessageChannel::TrySend(Message message, std::function<void()> ready) {
  return socket_->TrySend({.is_text = message.is_text, .data = std::move(message.data)},
                          std::move(ready));
}

}  // namespace openfc
