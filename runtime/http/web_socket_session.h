#pragma once

#include "runtime/http/transport.h"
#include "runtime/http/web_socket_frames.h"
#include "runtime/http/web_socket_pipe.h"

#include <cstddef>
#include <memory>
#include <string>
#include <variant>

namespace openfc::http {

/// The connection's end of a WebSocket: answers pings and closes, and moves messages between the
/// transport and the pipe. On the server's thread.
class WebSocketSession {
 public:
  WebSocketSession(Transport& transport, std::shared_ptr<WebSocketPipe> pipe,
                   std::size_t max_message)
      : transport_(transport), pipe_(std::move(pipe)), reader_(max_message) {}
  WebSocketSession(const WebSocketSession&) = delete;
  WebSocketSession& operator=(const WebSocketSession&) = delete;
  /// The application is told that the connection is gone.
  ~WebSocketSession() { pipe_->Break(); }

  /// Does everything that can be done now, but does not flush.
  void Proceed();

  /// Says goodbye, for instance kGoingAway; without effect when either side has.
  void Close(int code, std::string_view reason);

  /// After a flush.
  void Report() { pipe_->out().SetUnsent(transport_.outbox().bytes()); }

  /// False while messages or pongs pile up: what the peer sends stays with it.
  bool WantsInput();

  /// A close frame was sent. The peer has some time to answer it.
  bool has_said_goodbye() const { return state_ != State::kOpen; }

  /// Both sides have closed: to be ended once all is sent.
  bool is_over() const { return state_ == State::kOver; }

 private:
  enum class State {
    kOpen,
    kClosing,  // Our close frame went out; the peer's is awaited.
    kOver,
  };

  void TakeFrames();
  void TakeItem(FrameReader::Item item);
  void TakeClose(std::string_view payload);
  void Fail(const FrameReader::Violation& violation);
  void Pump();
  void SayClose(std::string_view payload);

  Transport& transport_;
  const std::shared_ptr<WebSocketPipe> pipe_;
  FrameReader reader_;
  State state_ = State::kOpen;
};

}  // namespace openfc::http
