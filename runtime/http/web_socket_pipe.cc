#include "runtime/http/web_socket_pipe.h"

namespace openfc::http {
namespace {

// A queue of empty messages has a bound too.
constexpr std::size_t kPerMessage = 64;

}  // namespace

bool WebSocketPipe::Put(WebSocket::Message message) {
  std::function<void()> ready;
  bool is_welcome = true;
  {
    MutexLock lock(mutex_);
    if (closed_) return true;
    bytes_ += message.data.size() + kPerMessage;
    messages_.push_back(std::move(message));
    is_full_ = bytes_ >= kEnough;
    is_welcome = !is_full_;
    ready = std::exchange(ready_, nullptr);
  }
  if (ready) ready();
  return is_welcome;
}

bool WebSocketPipe::IsFull() {
  MutexLock lock(mutex_);
  return is_full_;
}

void WebSocketPipe::SetClosed(WebSocket::Closed closed) {
  out_.MarkGone();
  std::function<void()> ready;
  {
    MutexLock lock(mutex_);
    if (closed_) return;
    closed_ = std::move(closed);
    ready = std::exchange(ready_, nullptr);
  }
  if (ready) ready();
}

std::optional<WebSocket::Received> WebSocketPipe::TryTake(std::function<void()> ready) {
  std::optional<WebSocket::Received> taken;
  bool must_nudge = false;
  {
    MutexLock lock(mutex_);
    if (!messages_.empty()) {
      bytes_ -= messages_.front().data.size() + kPerMessage;
      taken = std::move(messages_.front());
      messages_.pop_front();
    } else if (closed_) {
      taken = *closed_;
    } else {
      ready_.swap(ready);  // An earlier one is dropped without the lock.
    }
    if (is_full_ && bytes_ <= kEnough / 2) {
      is_full_ = false;
      must_nudge = true;
    }
  }
  if (must_nudge) nudge_();
  return taken;
}

}  // namespace openfc::http
