#include "runtime/http/web_socket_session.h"

#include <cstdint>
#include <string_view>
#include <utility>

namespace openfc::http {
namespace {

// Pongs of a peer that does not read pile up to this size.
constexpr std::size_t kMaxOutboxBytes = 1024UL * 1024;

struct CloseFrame {
  int code = close_code::kNone;
  std::string_view reason;
};

std::variant<CloseFrame, FrameReader::Violation> Parse(std::string_view payload) {
  if (payload.empty()) return CloseFrame();
  if (payload.size() == 1) return FrameReader::Violation{.reason = "a close code is one byte"};
  const int code =
      static_cast<std::uint8_t>(payload[0]) * 256 + static_cast<std::uint8_t>(payload[1]);
  if (!MayBeSent(code)) return FrameReader::Violation{.reason = "the close code may not be sent"};
  if (!IsUtf8(payload.substr(2))) {
    return FrameReader::Violation{.code = close_code::kNotUtf8,
                                  .reason = "the reason is not UTF-8"};
  }
  return CloseFrame{.code = code, .reason = payload.substr(2)};
}

}  // namespace

void WebSocketSession::Proceed() {
  TakeFrames();
  Pump();
}

bool WebSocketSession::WantsInput() {
  return state_ != State::kOver && transport_.outbox().bytes() < kMaxOutboxBytes &&
         (state_ == State::kClosing || !pipe_->IsFull());
}

void WebSocketSession::TakeFrames() {
  while (WantsInput() && !transport_.input().unread().empty()) {
    std::string_view bytes = transport_.input().unread();
    const std::size_t before = bytes.size();
    auto read = reader_.Feed(bytes);
    transport_.input().Use(before - bytes.size());
    if (!read) return;
    if (auto* const item = std::get_if<FrameReader::Item>(&*read)) {
      TakeItem(std::move(*item));
    } else {
      Fail(std::get<FrameReader::Violation>(*read));
    }
  }
}

void WebSocketSession::TakeItem(FrameReader::Item item) {
  switch (item.opcode) {
    case Opcode::kText:
    case Opcode::kBinary:
      if (state_ == State::kOpen) {
        pipe_->Put({.is_text = item.opcode == Opcode::kText, .data = std::move(item.payload)});
      }
      return;
    case Opcode::kPing:
      if (state_ == State::kOpen) {
        AppendFrame(Opcode::kPong, item.payload, transport_.outbox().Tail());
      }
      return;
    case Opcode::kClose:
      TakeClose(item.payload);
      return;
    case Opcode::kPong:
    case Opcode::kContinuation:
      return;
  }
}

void WebSocketSession::TakeClose(std::string_view payload) {
  const auto parsed = Parse(payload);
  if (const auto* const violation = std::get_if<FrameReader::Violation>(&parsed)) {
    Fail(*violation);
    return;
  }
  const auto& close = std::get<CloseFrame>(parsed);
  Pump();  // What the application has sent before goes out before our close frame.
  if (state_ == State::kOpen) SayClose(payload.substr(0, 2));
  state_ = State::kOver;
  pipe_->SetClosed({.code = close.code, .reason = std::string(close.reason)});
}

void WebSocketSession::Fail(const FrameReader::Violation& violation) {
  if (state_ == State::kOpen) SayClose(ClosePayload(violation.code, violation.reason));
  state_ = State::kOver;
  pipe_->SetClosed({.code = close_code::kLost, .reason = violation.reason});
}

void WebSocketSession::Close(int code, std::string_view reason) {
  Pump();
  if (state_ == State::kOpen) SayClose(ClosePayload(code, reason));
  pipe_->out().MarkGone();
}

void WebSocketSession::SayClose(std::string_view payload) {
  AppendFrame(Opcode::kClose, payload, transport_.outbox().Tail());
  state_ = State::kClosing;
}

void WebSocketSession::Pump() {
  if (state_ != State::kOpen) return;
  auto batch = pipe_->out().Take();
  transport_.outbox().Add(std::move(batch.bytes));
  if (batch.end == AnswerStream::End::kComplete) state_ = State::kClosing;
}

}  // namespace openfc::http
