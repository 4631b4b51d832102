#include "runtime/client/platform_connection.h"

#include "runtime/base/before_wait.h"

#include <algorithm>
#include <array>
#include <exception>
#include <span>
#include <utility>

namespace openfc {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kBodyStep = 256UL * 1024;

Error NotHttp() { return Error{ErrorCode::kUnavailable, "the answer is not HTTP"}; }
Error TimedOut() { return Error{ErrorCode::kUnavailable, "the platform did not answer in time"}; }
Error Closed() { return Error{ErrorCode::kUnavailable, "the platform closed the connection"}; }

}  // namespace

PlatformConnection::PlatformConnection(PlatformRoute& route, Interrupt& interrupt,
                                       ReceiveBuffer buffer, PlatformPatience patience)
    : route_(route),
      interrupt_(interrupt),
      watch_(interrupt),
      patience_(patience),
      buffer_(std::move(buffer)),
      socket_(patience) {}

void PlatformConnection::Drop() {
  socket_.Close();
  buffer_.Clear();
  has_poll_out_ = false;
  is_pair_out_ = false;
}

Status PlatformConnection::Open() {
  if (socket_.is_open() && Clock::now() - last_use_ > patience_.fresh && socket_.IsStale()) Drop();
  if (socket_.is_open()) return Ok();
  BeforeWait();
  const auto address = route_.Resolve();
  return address ? socket_.Connect(*address) : address.error();
}

// Polls
// -------------------------------------------------------------------------------------------------

Expected<HttpAnswer> PlatformConnection::Poll(const OnHead& on_head) {
  const auto begin = Clock::now();
  const bool was_kept = socket_.is_open();
  auto answer = PollOnce(on_head);
  const bool is_over = is_doubted_ || interrupt_.is_triggered();
  if (!answer && was_kept && was_silent_ && !is_over) answer = PollOnce(on_head);
  last_use_ = Clock::now();
  was_poll_quick_ = answer && last_use_ - begin < patience_.quick_poll;
  return answer;
}

Expected<HttpAnswer> PlatformConnection::PollOnce(const OnHead& on_head) {
  if (has_poll_out_) return ReadPollAnswer(on_head);
  const Status sent = SendPoll();
  if (sent) return ReadPollAnswer(on_head);
  was_silent_ = true;
  Drop();
  return sent.error();
}

Status PlatformConnection::SendPoll() {
  if (auto open = Open(); !open) return open.error();
  buffer_.Expect(ReceiveBuffer::Content::kPollAnswer);
  const std::array<std::string_view, 1> parts = {route_.poll_request()};
  return socket_.Send(parts);
}

Status PlatformConnection::BeginPoll() {
  if (has_poll_out_) return Ok();
  Status sent = SendPoll();
  if (!sent) Drop();
  has_poll_out_ = sent.has_value();
  return sent;
}

bool PlatformConnection::AwaitElsewhere() {
  if (MayLosePoll()) return false;
  watch_.Begin(socket_.fd());
  return true;
}

bool PlatformConnection::MayLosePoll() const {
  return is_pair_out_ && route_.pairs() != PlatformRoute::Pairs::kWork;
}

bool PlatformConnection::IsPollDoubtful() {
  if (!MayLosePoll()) return false;
  if (!buffer_.unread().empty()) return false;
  watch_.Begin(socket_.fd());
  const bool is_silent = !socket_.AwaitInput(patience_.pair);
  watch_.End();
  if (is_silent) route_.PairFailed();
  is_doubted_ = is_silent;
  return is_silent;
}

Expected<HttpAnswer> PlatformConnection::ReadPollAnswer(const OnHead& on_head) {
  AnswerParser answer;
  watch_.Begin(socket_.fd());
  const auto head = ReadHead(answer, Silence::kIsFine);
  watch_.End();
  has_poll_out_ = false;
  const bool was_pair = std::exchange(is_pair_out_, false);
  if (!head) {
    was_silent_ = buffer_.unread().empty();
    if (was_pair && !interrupt_.is_triggered()) route_.PairFailed();
    Drop();
    return head.error();
  }
  if (was_pair) route_.PairWorked();
  on_head(answer.status(), answer.Lookup());
  buffer_.Expect(ReceiveBuffer::Content::kNothing);  // A row knows of it.
  buffer_.Use(*head);
  const Status body = ReadBody(answer);
  if (!body || !answer.KeepsConnection()) Drop();
  return HttpAnswer{.status = answer.status(),
                    .body = std::move(answer.body()),
                    .is_truncated = !body.has_value()};
}

// Posts
// -------------------------------------------------------------------------------------------------

bool PlatformConnection::WouldPair() const {
  const auto pairs = route_.pairs();
  return pairs == PlatformRoute::Pairs::kWork ||
         (pairs == PlatformRoute::Pairs::kUntried && was_poll_quick_);
}

Expected<HttpAnswer> PlatformConnection::Post(const HttpPost& post, Then then) {
  if (auto open = Open(); !open) return open.error();
  SendPost(post, then == Then::kPoll && !interrupt_.is_triggered() && WouldPair());
  return FinishPost();
}

bool PlatformConnection::CanBeginPair() {
  if (route_.pairs() != PlatformRoute::Pairs::kWork || interrupt_.is_triggered()) return false;
  if (!socket_.is_open() || has_poll_out_) return false;
  return Clock::now() - last_use_ <= patience_.fresh || !socket_.IsStale();
}

void PlatformConnection::BeginPair(const HttpPost& post) {
  answer_due_ = Deadline::After(patience_.stall);
  try {
    SendPost(post, /*is_pair=*/true);
  } catch (const std::exception& exception) {  // There is no memory for it.
    sent_ = Error{ErrorCode::kSystem, exception.what()};
  }
  if (!sent_) EndWait();
}

void PlatformConnection::SendPost(const HttpPost& post, bool is_pair) {
  const std::string head = route_.PostHead(post);
  const std::string none;
  const std::string& poll = is_pair ? route_.poll_request() : none;
  const std::array<std::string_view, 3> parts = {head, post.body, poll};
  buffer_.Expect(is_pair ? ReceiveBuffer::Content::kPostAnswerThenPoll
                         : ReceiveBuffer::Content::kNothing);
  sent_ = socket_.Send(parts);
  has_poll_out_ = is_pair_out_ = is_pair && sent_;
}

Expected<HttpAnswer> PlatformConnection::FinishPost() {
  const Deadline due = std::exchange(answer_due_, Deadline::Never());
  auto answer = FinishSentPost();
  if (!answer && sent_ && due.HasPassed()) return TimedOut();
  return answer;
}

Expected<HttpAnswer> PlatformConnection::FinishSentPost() {
  // Who refuses a post may answer before all of it was read, and close.
  if (!sent_ && !socket_.AwaitInput(milliseconds(0))) {
    Drop();
    return sent_.error();
  }
  auto answer = ReadPostAnswer();
  last_use_ = Clock::now();
  if (sent_) return answer;
  Drop();
  return answer ? std::move(answer) : sent_.error();
}

Expected<HttpAnswer> PlatformConnection::ReadPostAnswer() {
  AnswerParser answer;
  const auto head = ReadHead(answer, Silence::kIsAFailure);
  if (!head) {
    if (has_poll_out_) route_.PairFailed();
    Drop();
    return head.error();
  }
  const std::size_t used = *head + answer.Feed(buffer_.unread().substr(*head));
  // In one step: a death in between must not show rloader the next answer as this one.
  const bool is_poll_next = has_poll_out_ && answer.state() == AnswerParser::State::kDone;
  if (is_poll_next) {
    buffer_.Use(used, ReceiveBuffer::Content::kPollAnswer);
  } else {
    buffer_.Use(used);
  }
  const bool is_whole = ReadBody(answer).has_value();
  if (has_poll_out_ && is_whole && !answer.KeepsConnection()) route_.PairFailed();
  if (is_whole && answer.KeepsConnection()) {
    if (has_poll_out_) buffer_.Expect(ReceiveBuffer::Content::kPollAnswer);
  } else {
    Drop();
  }
  return HttpAnswer{.status = answer.status(), .body = {}, .is_truncated = !is_whole};
}

// Reading
// -------------------------------------------------------------------------------------------------

Status PlatformConnection::ReceiveMore(Silence silence) {
  const auto room = buffer_.Room();
  if (room.empty()) return NotHttp();  // So long a head is none.
  const auto count = socket_.Receive(room, silence);
  if (!count) return count.error();
  if (*count == 0) return Closed();
  buffer_.Commit(*count);
  return Ok();
}

Expected<std::size_t> PlatformConnection::ReadHead(AnswerParser& answer, Silence silence) {
  while (true) {
    const std::size_t used = answer.Feed(buffer_.unread());
    if (answer.state() == AnswerParser::State::kBad) return NotHttp();
    if (answer.state() != AnswerParser::State::kHead) return used;
    buffer_.Use(used);  // An interim answer, at most.
    if (auto more = ReceiveMore(silence); !more) return more.error();
  }
}

Status PlatformConnection::ReadBody(AnswerParser& answer) {
  while (answer.state() == AnswerParser::State::kBody) {
    const std::size_t used = answer.Feed(buffer_.unread());
    buffer_.Use(used);
    if (answer.state() != AnswerParser::State::kBody) break;
    if (used > 0 && !buffer_.unread().empty()) continue;
    Status more =
        answer.BodyLeft() > 0 ? ReadBodyInPlace(answer) : ReceiveMore(Silence::kIsAFailure);
    if (more) continue;
    answer.End();
    if (answer.state() != AnswerParser::State::kDone) return more;
  }
  return answer.state() == AnswerParser::State::kDone ? Ok() : Status(NotHttp());
}

/// What has not come with the head is received where it belongs.
Status PlatformConnection::ReadBodyInPlace(AnswerParser& answer) {
  std::string& body = answer.body();
  const std::size_t filled = body.size();
  body.resize(filled + std::min(answer.BodyLeft(), kBodyStep));
  const auto count = socket_.Receive(std::span(body).subspan(filled), Silence::kIsAFailure);
  body.resize(filled + (count ? *count : 0));
  if (!count) return count.error();
  if (*count == 0) return Closed();
  answer.CountBody(*count);
  return Ok();
}

}  // namespace openfc
