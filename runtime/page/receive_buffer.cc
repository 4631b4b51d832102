#include "runtime/page/receive_buffer.h"

#include <cstring>
#include <utility>

namespace openfc {

ReceiveBuffer::ReceiveBuffer() : own_(std::make_unique<ReceiveMemory>()), memory_(own_.get()) {}

ReceiveBuffer::ReceiveBuffer(ReceiveBuffer&& other) noexcept
    : own_(std::move(other.own_)),
      memory_(std::exchange(other.memory_, nullptr)),
      begin_(other.begin_),
      end_(other.end_),
      content_(other.content_) {}

ReceiveBuffer::~ReceiveBuffer() {
  if (memory_ == nullptr) return;
  Clear();
  memory_->is_taken.store(0);
}

std::span<char> ReceiveBuffer::Room() {
  if (end_ == ReceiveMemory::kBytes && begin_ > 0) {
    const std::size_t length = end_ - begin_;
    std::memmove(memory_->bytes, memory_->bytes + begin_, length);
    std::memset(memory_->bytes + length, 0, begin_);
    begin_ = 0;
    end_ = length;
    Mark();
  }
  return {memory_->bytes + end_, ReceiveMemory::kBytes - end_};
}

void ReceiveBuffer::Use(std::size_t count) {
  begin_ += count;
  if (begin_ == end_) return Clear();
  Mark();
}

void ReceiveBuffer::Use(std::size_t count, Content next) {
  content_ = next;
  Use(count);
}

void ReceiveBuffer::Clear() {
  std::memset(memory_->bytes, 0, end_);
  begin_ = end_ = 0;
  Mark();
}

void ReceiveBuffer::Expect(Content content) {
  content_ = content;
  Mark();
}

void ReceiveBuffer::Mark() {
  memory_->position.store(static_cast<std::uint32_t>(begin_) |
                          (static_cast<std::uint32_t>(content_) << kContentShift));
}

}  // namespace openfc
