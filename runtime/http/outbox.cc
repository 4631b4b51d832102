#include "runtime/http/outbox.h"

#include <algorithm>
#include <utility>

namespace openfc::http {
namespace {

// Copying less than this is cheaper than naming it to the kernel.
constexpr std::size_t kSmall = 16UL * 1024;

// A string that has grown beyond this is not kept for the next answer.
constexpr std::size_t kKept = 64UL * 1024;

}  // namespace

std::string& Outbox::Tail() {
  if (pieces_.empty() || pieces_.back().size() >= kSmall) pieces_.emplace_back();
  return pieces_.back();
}

void Outbox::Add(std::string body) {
  if (body.size() < kSmall) {
    Tail().append(body);
  } else {
    pieces_.push_back(std::move(body));
  }
}

bool Outbox::empty() const { return bytes() == 0; }

std::size_t Outbox::bytes() const {
  std::size_t sum = 0;
  for (const std::string& piece : pieces_) sum += piece.size();
  return sum - sent_;
}

std::size_t Outbox::Describe(std::span<iovec> pieces) const {
  const std::size_t count = std::min(pieces.size(), pieces_.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t skipped = i == 0 ? sent_ : 0;
    pieces[i].iov_base = const_cast<char*>(pieces_[i].data()) + skipped;  // Only read from.
    pieces[i].iov_len = pieces_[i].size() - skipped;
  }
  return count;
}

void Outbox::Drop(std::size_t count) {
  sent_ += count;
  while (!pieces_.empty() && sent_ >= pieces_.front().size()) {
    sent_ -= pieces_.front().size();
    if (pieces_.size() == 1 && pieces_.front().capacity() <= kKept) {
      pieces_.front().clear();  // Its memory serves the next answer.
      return;
    }
    pieces_.pop_front();
  }
}

}  // namespace openfc::http
