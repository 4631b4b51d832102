#include "runtime/http/web_socket.h"

#include "runtime/http/web_socket_frames.h"
#include "runtime/http/web_socket_pipe.h"

#include <utility>

namespace openfc::http {

WebSocket::~WebSocket() { Close(close_code::kInternal, ""); }

std::optional<WebSocket::Received> WebSocket::TryReceive(std::function<void()> ready) {
  return pipe_->TryTake(std::move(ready));
}

Expected<bool> WebSocket::TrySend(const Message& message, std::function<void()> ready) {
  if (message.is_text && !IsUtf8(message.data)) {
    return Error{ErrorCode::kInvalidArgument, "the text of a message is not UTF-8"};
  }
  std::string frame;
  frame.reserve(message.data.size() + 10);
  AppendFrame(message.is_text ? Opcode::kText : Opcode::kBinary, message.data, frame);
  return pipe_->out().Put(frame, std::move(ready));
}

void WebSocket::Close(int code, const std::string& reason) {
  std::string frame;
  AppendFrame(Opcode::kClose, ClosePayload(MayBeSent(code) ? code : close_code::kInternal, reason),
              frame);
  // Where it is closed already, neither has an effect.
  const auto put = pipe_->out().Put(frame, nullptr);
  if (put) (void)pipe_->out().Complete();
}

}  // namespace openfc::http
