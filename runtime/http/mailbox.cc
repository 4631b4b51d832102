#include "runtime/http/mailbox.h"

#include "runtime/http/answer_stream.h"
#include "runtime/http/web_socket_pipe.h"

#include <chrono>
#include <utility>

namespace openfc::http {
namespace {

void HandOut(Mailbox::Letter& letter) {
  if (Recipient* const recipient = letter.line->recipient(); recipient != nullptr) {
    recipient->OnLetter(letter.ticket, std::move(letter.content));
  } else {
    Refuse(letter.content);
    if (const auto* const watch = std::get_if<letter::Watch>(&letter.content)) watch->callback();
  }
}

}  // namespace

void Refuse(letter::Content& content) {
  if (const auto* const begin = std::get_if<letter::Begin>(&content)) begin->stream->MarkGone();
  if (const auto* const upgrade = std::get_if<letter::Upgrade>(&content)) upgrade->pipe->Break();
}

void Mailbox::UseGate(Gate& gate, bool hoards) {
  hoards_.store(hoards);
  MutexLock lock(mutex_);
  gate_ = &gate;
}

bool Mailbox::TryEnterGate() {
  MutexLock lock(mutex_);
  return gate_ != nullptr && gate_->TryEnter();
}

void Mailbox::LeaveGate() {
  MutexLock lock(mutex_);
  if (gate_ != nullptr) gate_->Leave();
}

void Mailbox::Post(Letter letter) {
  switch (Keep(letter)) {
    case Kept::kNot:
      return Refuse(letter.content);
    case Kept::kForDriver:
      return;
    case Kept::kAndEntered:
      break;
  }
  Deliver();
  LeaveGate();
}

/// Many answers that leave together cost their reader one wake-up, and none waits for long.
bool Mailbox::TryHoard(Letter& letter) {
  constexpr auto kLongest = std::chrono::microseconds(500);
  if (!hoards_.load(std::memory_order_relaxed)) return false;
  {
    MutexLock lock(mutex_);
    // Nobody drives: there will be a next one.
    if (gate_ == nullptr || !gate_->TryEnter()) return false;
    if (letters_.empty()) hoarded_until_ = Deadline::After(kLongest);
    letters_.push_back(std::move(letter));
    if (!hoarded_until_.HasPassed()) {
      gate_->Leave();
      return true;
    }
  }
  Deliver();
  LeaveGate();
  return true;
}

Mailbox::Kept Mailbox::Keep(Letter& letter) {
  MutexLock lock(mutex_);
  if (is_closed_) return Kept::kNot;
  letters_.push_back(std::move(letter));
  if (gate_ != nullptr && gate_->TryEnter()) return Kept::kAndEntered;
  if (!std::exchange(is_announced_, true)) {
    wake_();
    if (gate_ != nullptr) gate_->CallDriver();
  }
  return Kept::kForDriver;
}

void Mailbox::Deliver() {
  std::vector<Letter> letters;
  {
    MutexLock lock(mutex_);
    letters.swap(letters_);
    is_announced_ = false;
  }
  for (Letter& letter : letters) HandOut(letter);
}

void Mailbox::Close() {
  std::vector<Letter> dropped;  // Outlives the lock: what it holds may come back to us.
  {
    MutexLock lock(mutex_);
    is_closed_ = true;
    gate_ = nullptr;
    dropped.swap(letters_);
  }
  for (Letter& letter : dropped) Refuse(letter.content);
}

void Line::Tell(std::uint64_t ticket, letter::Content content) {
  const bool is_own_thread = mailbox_->IsOwnThread();
  if (!is_own_thread && !mailbox_->TryEnterGate()) return Post(ticket, std::move(content));
  if (recipient_ != nullptr) {
    recipient_->OnLetter(ticket, std::move(content));
  } else {
    Refuse(content);
  }
  if (!is_own_thread) mailbox_->LeaveGate();
}

void Line::Post(std::uint64_t ticket, letter::Content content) {
  mailbox_->Post({shared_from_this(), ticket, std::move(content)});
}

std::function<void()> Line::MakeNudge(std::uint64_t ticket) {
  return [self = shared_from_this(), ticket] { self->Tell(ticket, letter::Nudge{}); };
}

void Line::Answer(std::uint64_t ticket, Response response) {
  Mailbox::Letter letter{shared_from_this(), ticket, letter::Answer{std::move(response)}};
  if (mailbox_->IsOwnThread() || !mailbox_->TryHoard(letter))
    Tell(ticket, std::move(letter.content));
}

std::unique_ptr<AnswerWriter> Line::Begin(std::uint64_t ticket, Response head) {
  auto stream = std::make_shared<AnswerStream>(MakeNudge(ticket));
  auto writer = std::make_unique<AnswerWriter>(stream);
  if (!head.body.empty()) (void)stream->Put(std::exchange(head.body, {}), nullptr);
  Tell(ticket, letter::Begin{std::move(head), std::move(stream)});
  return writer;
}

std::unique_ptr<WebSocket> Line::Upgrade(std::uint64_t ticket, HeaderList headers) {
  auto pipe = std::make_shared<WebSocketPipe>(MakeNudge(ticket));
  auto socket = std::make_unique<WebSocket>(pipe);
  Tell(ticket, letter::Upgrade{std::move(headers), std::move(pipe)});
  return socket;
}

void Line::Overrule(std::uint64_t ticket, Response response) {
  Post(ticket, letter::Overrule{std::move(response)});
}

void Line::WhenHalfClosed(std::uint64_t ticket, std::function<void()> callback) {
  Watch(ticket, {.event = letter::Watch::For::kHalfClose, .callback = std::move(callback)});
}

void Line::WhenGone(std::uint64_t ticket, std::function<void()> callback) {
  Watch(ticket, {.event = letter::Watch::For::kGone, .callback = std::move(callback)});
}

void Line::Watch(std::uint64_t ticket, letter::Watch watch) {
  Mailbox::Letter letter{shared_from_this(), ticket, std::move(watch)};
  if (mailbox_->IsOwnThread() || !mailbox_->TryHoard(letter)) mailbox_->Post(std::move(letter));
}

}  // namespace openfc::http
