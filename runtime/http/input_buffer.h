#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace openfc::http {

/// The bytes that a connection has read and not yet used. Allocates with the first read and grows
/// up to a limit.
class InputBuffer {
 public:
  explicit InputBuffer(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  std::string_view unread() const { return std::string_view{data_.data() + begin_, end_ - begin_}; }

  /// Moves nothing: also while a read into Room() is under way.
  void Use(std::size_t count) { begin_ += count; }

  /// Where the next read may go, empty when the limit is reached. Moves what is unread: not while
  /// an earlier read is under way.
  std::span<char> Room();

  /// The first `count` bytes of Room() have been filled.
  void Commit(std::size_t count) { end_ += count; }

  /// Drops what is unread; not while a read is under way.
  void Clear() { begin_ = end_ = 0; }

 private:
  void MoveToFront();

  const std::size_t max_bytes_;
  std::string data_;  // All of its size is capacity.
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace openfc::http
