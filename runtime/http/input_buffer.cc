#include "runtime/http/input_buffer.h"

#include <algorithm>
#include <cstring>

namespace openfc::http {
namespace {

constexpr std::size_t kFirstBytes = 16UL * 1024;

}  // namespace

std::span<char> InputBuffer::Room() {
  if (begin_ == end_) Clear();
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
