#include "runtime/http/connection.h"

#include "runtime/http/web_socket_handshake.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

// What comes in; how it is answered stands in connection_answers.cc.
namespace openfc::http {
namespace {

using std::chrono::seconds;

constexpr std::size_t kInputSlack = 4096;  // Beyond the header limit, so that it can be exceeded.

// Pipelined requests are left unread while their answers pile up unread to this size.
constexpr std::size_t kMaxOutboxBytes = 1024UL * 1024;

// A body that has to come as fast as this has all the time it needs.
constexpr std::size_t kBytesPerSecond = 4096;

bool HasBytesWaiting(int fd) {
  int count = 0;
  return ::ioctl(fd, FIONREAD, &count) == 0 && count > 0;
}

}  // namespace

Connection::Connection(Socket socket, Surroundings& surroundings,
                       std::shared_ptr<const Endpoints> endpoints)
    : surroundings_(surroundings),
      endpoints_(std::move(endpoints)),
      transport_(std::move(socket), *this,
                 surroundings.options.limits.max_header_bytes + kInputSlack,
                 surroundings.options.patience.write),
      line_(std::make_shared<Line>(surroundings.mailbox, *this)),
      parser_(surroundings.options.limits),
      timer_(transport_.executor()) {}

void Connection::Start() { KeepReading(); }

void Connection::Drain() {
  if (state_ == State::kUpgraded) {
    session_->Close(close_code::kGoingAway, "");
    Proceed();
  } else if (state_ == State::kReading && WhatIsAwaited() == Awaited::kNothing &&
             !HasBytesWaiting(transport_.fd())) {
    state_ = State::kLingering;
    if (transport_.IsFlushed()) Close();
  }
  HurryUp();
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  const auto self = shared_from_this();
  state_ = State::kClosed;
  StopTime();
  line_->MarkHalfClosed();
  line_->Cut();
  transport_.Flush();  // What was to leave later.
  transport_.Close();
  if (body_) body_->Fail({ErrorCode::kCancelled, "the client went away"});
  body_.reset();
  sender_.reset();
  session_.reset();
  TellGone();
  surroundings_.open.erase(this);
  surroundings_.on_closed();
}

void Connection::Proceed() {
  if (is_busy_ || state_ == State::kClosed) return;
  const auto self = shared_from_this();
  is_busy_ = true;
  bool is_held_up = false;
  do {
    is_held_up = ParseRequests();
    if (session_) session_->Proceed();
    if (PumpAnswer()) is_held_up = true;
    Send();
    if (sender_) sender_->Report(transport_.outbox());
    if (session_) session_->Report();
    if (std::exchange(is_nudged_, false)) is_held_up = true;
  } while (is_held_up && transport_.outbox().empty() && state_ != State::kClosed);
  is_busy_ = false;
  EndIfDone();
  KeepReading();
  KeepTime();
}

/// At once, or with what else this round brings.
void Connection::Send() {
  if (MayGather()) return;
  const bool is_whole = state_ == State::kReading || state_ == State::kAnswering;
  if (!surroundings_.options.gathers_answers || !is_whole || sender_ ||
      transport_.outbox().empty()) {
    transport_.Flush();
  } else if (!std::exchange(is_in_round_, true)) {
    surroundings_.gathering->AddToRound(std::static_pointer_cast<Connection>(shared_from_this()));
  }
}

void Connection::OnRoundOver() {
  is_in_round_ = false;
  if (state_ == State::kClosed || holds_since_) return;
  transport_.Flush();
  Proceed();
}

/// Whether what is to be sent may wait a moment for the next answer; sees to it that it does leave.
bool Connection::MayGather() {
  const bool may = surroundings_.options.gathers_answers && state_ == State::kAnswering &&
                   !transport_.outbox().empty() && !sender_ && !body_;
  if (!may) {
    holds_since_.reset();
    return false;
  }
  Gathering& gathering = *surroundings_.gathering;
  if (!holds_since_) holds_since_ = gathering.now();
  if (!std::exchange(is_gathering_, true)) {
    gathering.Add(std::static_pointer_cast<Connection>(shared_from_this()));
  }
  return true;
}

bool Connection::GoesOnHolding(std::uint64_t now) {
  if (holds_since_ && state_ != State::kClosed && now - *holds_since_ < 2) return true;
  is_gathering_ = false;
  if (std::exchange(holds_since_, std::nullopt) && state_ != State::kClosed) {
    transport_.Flush();
    Proceed();
  }
  return false;
}

void Connection::KeepReading() {
  if (state_ == State::kClosed || transport_.is_reading()) return;
  if (state_ == State::kLingering || state_ == State::kCutOff) transport_.input().Clear();
  const bool is_whole = state_ == State::kReading && !drop_left_;
  const bool is_direct = is_whole && transport_.input().unread().empty();
  transport_.KeepReading(is_direct ? parser_.BodySpace() : std::span<char>());
}

/// All is written. A client that sends no more is let go; after a last answer it has some time to
/// close.
void Connection::EndIfDone() {
  if (state_ == State::kClosed || !transport_.IsFlushed()) return;
  if (session_ && session_->is_over()) {
    ForgetWatches();
    session_.reset();
    state_ = State::kLingering;
  }
  if (state_ == State::kCutOff) {
    if (ends_hard_) transport_.CloseHard();
    Close();
  } else if (transport_.saw_end() && !WaitsForHandler()) {
    Close();
  } else if (state_ == State::kLingering && !std::exchange(is_lingering_, true)) {
    transport_.ShutDown();
  }
}

bool Connection::WaitsForHandler() {
  if (state_ == State::kUpgraded) return !session_->WantsInput();
  return state_ == State::kAnswering && (!body_ || body_->IsFull());
}

// Requests ---------------------------------------------------------------------------------------

void Connection::OnRead(std::size_t count, Into where) {
  if (where == Into::kSpace) {
    parser_.CommitBody(count);
  } else {
    transport_.input().Commit(count);
  }
  Proceed();
}

void Connection::OnReadEnd() {
  line_->MarkHalfClosed();
  TellHalfClosed();
  Proceed();
}

bool Connection::MayParse() {
  if (transport_.input().unread().empty()) return false;
  if (state_ == State::kAnswering) return body_ && !body_->IsFull();
  return state_ == State::kReading;
}

bool Connection::ParseRequests() {
  if (state_ == State::kReading) TakeParsed();  // A body that was read into its place.
  while (MayParse()) {
    if (transport_.outbox().bytes() >= kMaxOutboxBytes) return true;
    const std::size_t used = parser_.Feed(transport_.input().unread());
    transport_.input().Use(used);
    TakeParsed();
    if (used == 0) break;
  }
  if (state_ == State::kReading && parser_.is_in_body()) ConsiderStreaming();
  InviteBody();
  return false;
}

void Connection::TakeParsed() {
  if (body_ || drop_left_) MovePart();
  switch (parser_.state()) {
    case RequestParser::State::kNeedMore:
      return;
    case RequestParser::State::kComplete:
      FinishRequest();
      return;
    case RequestParser::State::kRefused:
      if (state_ != State::kLingering) Refuse();
      return;
  }
}

void Connection::FinishRequest() {
  if (body_) {
    body_->End();
    body_.reset();
    parser_.BeginNext();
  } else if (drop_left_) {
    drop_left_.reset();
    parser_.BeginNext();
  } else {
    Dispatch(parser_.TakeRequest());
  }
}

void Connection::ConsiderStreaming() {
  const auto& streams = surroundings_.options.streams_body;
  if (drop_left_ || std::exchange(was_offered_, true) || !streams) return;
  if (!streams(parser_.seen())) return;
  const bool waits = parser_.wants_continue();
  body_ = std::make_shared<BodyPipe>(line_->MakeNudge(ticket_ + 1),
                                     waits ? BodyPipe::Begins::kFull : BodyPipe::Begins::kEmpty);
  Request request = parser_.TakeHead();
  request.body_source_ = std::make_unique<BodySource>(body_);
  if (!waits) MovePart();
  Dispatch(std::move(request));
}

void Connection::Dispatch(Request&& request) {
  StopTime();
  state_ = State::kAnswering;
  ++ticket_;
  style_ = parser_.style();
  was_offered_ = false;
  request.endpoints_ = endpoints_;
  auto offer = Responder::Offer::kAnswer;
  if (parser_.wants_upgrade() && request.body().empty() && !body_ && AsksForWebSocket(request)) {
    offer = Responder::Offer::kUpgrade;
    websocket_key_ = request.Header("Sec-WebSocket-Key").value_or("");
  }
  surroundings_.handler(std::move(request), Responder(line_, ticket_, offer));
}

void Connection::MovePart() {
  std::string part = parser_.TakeBodyPart();
  if (body_) {
    body_->Put(std::move(part));
  } else if (part.size() > *drop_left_) {
    state_ = State::kLingering;
  } else {
    *drop_left_ -= part.size();
  }
}

void Connection::InviteBody() {
  const bool is_wanted = body_ ? !body_->IsFull() && !sender_ : state_ == State::kReading;
  if (is_wanted && !drop_left_ && parser_.TakeContinueWish()) {
    transport_.outbox().Tail().append("HTTP/1.1 100 Continue\r\n\r\n");
  }
}

void Connection::Refuse() {
  if (drop_left_) {
    state_ = State::kLingering;
    return;
  }
  if (body_) {  // The handler has the request, and learns that nobody waits for its answer.
    body_->Fail({ErrorCode::kProtocol, parser_.refusal().reason});
    body_.reset();
    ++ticket_;
    line_->MarkHalfClosed();
    TellGone();
    if (sender_) {
      CutOff();
      return;
    }
  }
  style_ = parser_.style();
  Write(surroundings_.options.refuse(parser_.seen(), parser_.refusal()));
  state_ = State::kLingering;
}

// Time -------------------------------------------------------------------------------------------

Connection::Awaited Connection::WhatIsAwaited() {
  switch (state_) {
    case State::kReading:
      if (!transport_.IsFlushed()) return Awaited::kNothing;  // It has answers to read first.
      if (drop_left_ || parser_.is_in_body()) return Awaited::kBody;
      if (parser_.has_begun() || !transport_.input().unread().empty()) return Awaited::kHead;
      return Awaited::kNothing;
    case State::kAnswering:
      return body_ && !body_->IsFull() ? Awaited::kBody : Awaited::kNothing;
    case State::kUpgraded:
      if (!session_->has_said_goodbye()) return Awaited::kNothing;
      return transport_.IsFlushed() || surroundings_.is_draining ? Awaited::kGoodbye
                                                                 : Awaited::kNothing;
    case State::kLingering:
      return is_lingering_ ? Awaited::kGoodbye : Awaited::kNothing;
    case State::kCutOff:
    case State::kClosed:
      return Awaited::kNothing;
  }
  return Awaited::kNothing;
}

void Connection::KeepTime() {
  const Awaited awaited = WhatIsAwaited();
  if (awaited == awaited_) return;
  StopTime();
  if (awaited == Awaited::kNothing) return;
  awaited_ = awaited;
  awaited_since_ = Clock::now();
  SetTimer();
}

void Connection::StopTime() {
  if (std::exchange(awaited_, Awaited::kNothing) != Awaited::kNothing) timer_.cancel();
}

void Connection::HurryUp() {
  const bool is_hurried = std::exchange(is_hurried_, true);  // rloader repeats its signal.
  if (is_hurried || (awaited_ != Awaited::kHead && awaited_ != Awaited::kGoodbye)) return;
  awaited_since_ = Clock::now();
  SetTimer();
}

void Connection::SetTimer() {
  timer_.expires_at(Limit());
  timer_.async_wait([this, self = shared_from_this()](const IoError& error) {
    if (!error && awaited_ != Awaited::kNothing) OnTimeUp();
  });
}

Clock::time_point Connection::Limit() const {
  const Patience& patience = surroundings_.options.patience;
  if (awaited_ != Awaited::kBody) {
    const auto usual = awaited_ == Awaited::kHead ? patience.head : patience.goodbye;
    return awaited_since_ + (surroundings_.is_draining ? std::min(usual, patience.drain) : usual);
  }
  return awaited_since_ + patience.body + seconds(parser_.body_bytes() / kBytesPerSecond);
}

void Connection::OnTimeUp() {
  if (body_ && !body_->IsAwaited()) awaited_since_ = Clock::now();  // Nobody was held up by it.
  if (Clock::now() < Limit()) {
    SetTimer();
    return;
  }
  const Awaited awaited = std::exchange(awaited_, Awaited::kNothing);
  if (awaited == Awaited::kGoodbye) {
    Close();
    return;
  }
  parser_.Refuse(408, "The client took too long to send its request.");
  Refuse();
  Proceed();
}

}  // namespace openfc::http
