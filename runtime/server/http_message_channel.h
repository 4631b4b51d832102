#pragma once

#include "runtime/http/web_socket.h"
#include "runtime/invoke/reply.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace openfc {

/// A WebSocket of the HTTP mode.
class HttpMessageChannel final : public MessageChannel {
 public:
  explicit HttpMessageChannel(std::unique_ptr<http::WebSocket> socket)
      : socket_(std::move(socket)) {}

  std::optional<Received> TryReceive(std::function<void()> ready) override;
  Expected<bool> TrySend(Message message, std::function<void()> ready) override;
  void Close(int code, std::string reason) override { socket_->Close(code, reason); }

 private:
  const std::unique_ptr<http::WebSocket> socket_;
};

}  // namespace openfc
