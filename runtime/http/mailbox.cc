#include "runtime/http/mailbox.h"

#include <utility>

namespace openfc::http {
namespace {

using Callback = std::function<void()>;

void HandOut(Mailbox::Letter& letter) {
  Recipient* const recipient = letter.line->recipient();
  if (auto* const response = std::get_if<Response>(&letter.content)) {
    if (recipient != nullptr) recipient->OnAnswer(letter.ticket, std::move(*response));
    return;
  }
  auto& callback = std::get<Callback>(letter.content);
  if (recipient != nullptr) {
    recipient->OnWatch(letter.ticket, std::move(callback));
  } else {
    callback();
  }
}

}  // namespace

void Mailbox::Post(Letter letter) {
  MutexLock lock(mutex_);
  if (is_closed_) return;
  letters_.push_back(std::move(letter));
  if (letters_.size() == 1) wake_();
}

void Mailbox::Deliver() {
  std::vector<Letter> letters;
  {
    MutexLock lock(mutex_);
    letters.swap(letters_);
  }
  for (Letter& letter : letters) HandOut(letter);
}

void Mailbox::Close() {
  std::vector<Letter> dropped;  // Outlives the lock: what it holds may come back to us.
  MutexLock lock(mutex_);
  is_closed_ = true;
  dropped.swap(letters_);
}

void Line::Answer(std::uint64_t ticket, Response response) {
  if (!mailbox_->IsOwnThread()) {
    mailbox_->Post({shared_from_this(), ticket, std::move(response)});
  } else if (recipient_ != nullptr) {
    recipient_->OnAnswer(ticket, std::move(response));
  }
}

void Line::WhenGone(std::uint64_t ticket, Callback callback) {
  mailbox_->Post({shared_from_this(), ticket, std::move(callback)});
}

}  // namespace openfc::http
