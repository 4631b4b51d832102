#include "runtime/http/connection.h"
#include "runtime/http/web_socket_handshake.h"

#include <type_traits>
#include <utility>
#include <variant>

// How requests are answered; what comes in stands in connection.cc.
namespace openfc::http {
namespace {

// As much of a body that nobody read is taken for the sake of the connection.
constexpr std::size_t kMaxDropped = 256UL * 1024;

}  // namespace

void Connection::OnLetter(std::uint64_t ticket, letter::Content&& content) {
  const bool is_open = state_ == State::kAnswering || state_ == State::kUpgraded;
  const bool can_begin = state_ == State::kAnswering && !sender_;
  if (ticket != ticket_ || !is_open) {
    http::Refuse(content);
    return;
  }
  std::visit(
      [this, can_begin](auto& letter) {
        using Letter = std::decay_t<decltype(letter)>;
        if constexpr (std::is_same_v<Letter, letter::Answer>) {
          if (can_begin) OnAnswer(std::move(letter.response));
        } else if constexpr (std::is_same_v<Letter, letter::Begin>) {
          if (can_begin) OnBegin(std::move(letter));
        } else if constexpr (std::is_same_v<Letter, letter::Upgrade>) {
          if (can_begin) OnUpgrade(std::move(letter));
        } else if constexpr (std::is_same_v<Letter, letter::Overrule>) {
          OnOverrule(std::move(letter.response));
        } else if constexpr (std::is_same_v<Letter, letter::Watch>) {
          OnWatch(std::move(letter));
        } else {
          is_nudged_ = is_busy_;
        }
      },
      content);
  Proceed();
}

void Connection::OnAnswer(Response response) {
  Write(std::move(response));
  FinishAnswer();
}

void Connection::OnBegin(letter::Begin begin) {
  style_.keep_alive = style_.keep_alive && CanGoOn();
  const Framing framing = AppendStreamHead(begin.head, style_, transport_.outbox().Tail());
  sender_.emplace(std::move(begin.stream), framing);
}

void Connection::OnUpgrade(letter::Upgrade upgrade) {
  AppendUpgradeHead(websocket_key_, upgrade.headers, transport_.outbox().Tail());
  session_.emplace(transport_, std::move(upgrade.pipe), surroundings_.options.max_message_bytes);
  state_ = State::kUpgraded;
  if (surroundings_.is_draining) session_->Close(close_code::kGoingAway, "");
}

void Connection::OnOverrule(Response response) {
  if (session_) {
    session_->Close(close_code::kInternal, "");
  } else if (sender_) {
    CutOff();
  } else {
    OnAnswer(std::move(response));
  }
}

void Connection::OnWatch(letter::Watch watch) {
  const bool is_for_gone = watch.event == letter::Watch::For::kGone;
  (is_for_gone ? when_gone_ : when_half_closed_) = std::move(watch.callback);
  if (transport_.saw_end()) TellHalfClosed();
}

void Connection::Write(Response response) {
  style_.keep_alive = style_.keep_alive && CanGoOn();
  AppendHead(response, style_, transport_.outbox().Tail());
  if (HasBody(response.status, style_)) transport_.outbox().Add(std::move(response.body));
}

bool Connection::CanGoOn() const {
  if (surroundings_.is_draining) return false;
  // A client that waits to be invited may send its body or not: what comes next is not to be told.
  return !body_ || (!parser_.wants_continue() && parser_.body_left().value_or(0) <= kMaxDropped);
}

bool Connection::PumpAnswer() {
  if (!sender_) return false;
  switch (sender_->Pump(transport_.outbox())) {
    case AnswerStream::End::kOpen:
      return false;
    case AnswerStream::End::kComplete:
      FinishAnswer();
      return true;
    case AnswerStream::End::kCutOff:
      CutOff();
      return false;
  }
  return false;
}

void Connection::FinishAnswer() {
  state_ = style_.keep_alive && CanGoOn() ? State::kReading : State::kLingering;
  ForgetWatches();
  sender_.reset();
  if (const auto body = std::exchange(body_, nullptr)) {
    body->Fail({ErrorCode::kCancelled, "the request was answered before its body was read"});
    drop_left_ = kMaxDropped;
  }
}

void Connection::CutOff() {
  state_ = State::kCutOff;
  ends_hard_ = sender_->EndsWithConnection();
  ForgetWatches();
  sender_.reset();
  if (const auto body = std::exchange(body_, nullptr)) {
    body->Fail({ErrorCode::kCancelled, "the answer was cut off"});
  }
}

void Connection::ForgetWatches() { when_half_closed_ = when_gone_ = nullptr; }

void Connection::TellHalfClosed() {
  if (const auto callback = std::exchange(when_half_closed_, nullptr)) callback();
}

void Connection::TellGone() {
  if (const auto callback = std::exchange(when_gone_, nullptr)) callback();
  TellHalfClosed();  // Later: who is woken by this one finds the client gone.
}

}  // namespace openfc::http
