#include "runtime/http/input_buffer.h"

#include <algorithm>
#include <cstring>

namespace openfc::http {
namespace {

// Enough for most heads: an idle connection keeps it.
constexpr std::size_t kFirstBytes = 4UL * 1024;

// For who sends more than that at once: fewer and larger reads.
constexpr std::size_t kAmpleBytes = 16UL * 1024;

}  // namespace

std::span<char> InputBuffer::Room() {
  const bool was_short = end_ == data_.size() && end_ > 0;
  if (begin_ == end_) Clear();
  if (was_short && data_.size() < kAmpleBytes) data_.resize(std::min(max_bytes_, kAmpleBytes));
  if (end_ == data_.size() && begin_ > 0) MoveToFront();
  if (end_ == data_.size() && end_ < max_bytes_) {
    data_.resize(std::min(max_bytes_, std::max(kFirstBytes, end_ * 2)));
  }
  return std::span(data_).subspan(end_);
}

void InputBuffer::MoveToFront() {
  std::memmove(data_.data(), data_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
}

}  // namespace openfc::http
