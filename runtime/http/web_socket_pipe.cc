#include "runtime/http/web_socket_pipe.h"

namespace openfc::http {
namespace {

// A queue of empty messages has a bound too.
constexpr std::size_t kPerMessage = 64;

}  // namespace

bool WebSocketPipe::Put(WebSocket::Message message) {
  Waiters waiters;
  bool is_welcome = true;
  {
    MutexLock lock(mutex_);
    if (closed_) return true;
    bytes_ += message.data.size() + kPerMessage;
    messages_.push_back(std::move(message));
    is_full_ = bytes_ >= kEnough;
    is_welcome = !is_full_;
    waiters = waiters_.TakeAll();
  }
  waiters.CallAll();
  return is_welcome;
}

bool WebSocketPipe::IsFull() {
  MutexLock lock(mutex_);
  return is_full_;
}

void WebSocketPipe::SetClosed(WebSocket::Closed closed) {
  out_.MarkGone();
  Waiters waiters;
  {
    MutexLock lock(mutex_);
    if (closed_) return;
    closed_ = std::move(closed);
    waiters = waiters_.TakeAll();
  }
  waiters.CallAll();
}

std::optional<WebSocket::Received> WebSocketPipe::TryTake(std::function<void()> ready) {
  std::optional<WebSocket::Received> taken;
  bool must_nudge = false;
  Waiters::Callback too_many;
  {
    MutexLock lock(mutex_);
    if (!messages_.empty()) {
      bytes_ -= messages_.front().data.size() + kPerMessage;
      taken = std::move(messages_.front());
      messages_.pop_front();
    } else if (closed_) {
      taken = *closed_;
    } else {
      too_many = waiters_.Add(std::move(ready));
    }
    if (is_full_ && bytes_ <= kEnough / 2) {
      is_full_ = false;
      must_nudge = true;
    }
  }
  if (must_nudge) nudge_();
  if (too_many) too_many();
  return taken;
}

}  // namespace openfc::http
