#pragma once

#include "runtime/base/error.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace openfc::http {

class WebSocketPipe;

/// A connection that was upgraded (RFC 6455): messages both ways. Destroyed before Close(), it
/// closes with 1011. May be used from any thread, and several may send or receive at a time: each
/// message goes to one of them, and whoever has to wait is told. Close() while nobody sends. May
/// outlive the server.
class WebSocket {
 public:
  struct Message {
    bool is_text = true;  // Otherwise binary. Text is UTF-8.
    std::string data;
  };

  /// Why there is no further message: the peer's close frame, or 1006 without one.
  struct Closed {
    int code = 1006;
    std::string reason;
  };
  using Received = std::variant<Message, Closed>;

  /// The pipe is shared with the connection, which fills and empties it.
  explicit WebSocket(std::shared_ptr<WebSocketPipe> pipe) : pipe_(std::move(pipe)) {}
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;
  ~WebSocket();

  /// The next message where there is one. Otherwise nothing, and `ready` is called once, on the
  /// server's thread, when there is. After a Closed it is Closed for ever.
  std::optional<Received> TryReceive(std::function<void()> ready);

  /// Takes the message whole, and says whether the next one is welcome at once. When not, `ready`
  /// is called once, on the server's thread, when it is, and also when the peer is gone. kCancelled
  /// once either side has closed; kInvalidArgument for a text that is not UTF-8.
  Expected<bool> TrySend(const Message& message, std::function<void()> ready);

  /// Sends the close frame, after what was sent before it; a code that may not be sent becomes
  /// 1011, and a reason is cut to what a frame holds. Never blocks.
  void Close(int code, const std::string& reason);

 private:
  const std::shared_ptr<WebSocketPipe> pipe_;
};

}  // namespace openfc::http
