#pragma once

#include "runtime/base/mutex.h"
#include "runtime/http/answer_stream.h"
#include "runtime/http/waiters.h"
#include "runtime/http/web_socket.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace openfc::http {

/// The messages of a WebSocket on their way between the connection and the application, both ways
/// bounded. What goes out travels as frames. Several tasks may wait for the same message: all are
/// told, and one gets it.
class WebSocketPipe {
 public:
  /// As many bytes of messages as the connection puts in before it stops reading.
  static constexpr std::size_t kEnough = 256UL * 1024;

  /// `nudge`: as for an AnswerStream; also when a pipe that was found full is full no more.
  explicit WebSocketPipe(std::function<void()> nudge) : nudge_(nudge), out_(std::move(nudge)) {}

  // The connection:

  /// False when that is enough for now.
  bool Put(WebSocket::Message message) EXCLUDES_LOCK(mutex_);
  bool IsFull() EXCLUDES_LOCK(mutex_);
  /// Only the first counts; what was put before is still received. From now on nothing is sent.
  void SetClosed(WebSocket::Closed closed) EXCLUDES_LOCK(mutex_);
  /// The connection ended without a close frame.
  void Break() { SetClosed({}); }
  /// The frames that the application sends; complete: its close frame is the last of them.
  AnswerStream& out() { return out_; }

  // The application:

  std::optional<WebSocket::Received> TryTake(std::function<void()> ready) EXCLUDES_LOCK(mutex_);

 private:
  const std::function<void()> nudge_;
  AnswerStream out_;
  Mutex mutex_;
  std::deque<WebSocket::Message> messages_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  bool is_full_ GUARDED_BY(mutex_) = false;
  std::optional<WebSocket::Closed> closed_ GUARDED_BY(mutex_);
  Waiters waiters_ GUARDED_BY(mutex_);
};

}  // namespace openfc::http
