#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <deque>
#include <span>
#include <string>

namespace openfc::http {

/// The bytes that a connection has yet to send, in order. Small pieces are gathered in one string,
/// a large body keeps its own: an answer is one write, and nothing large is copied.
class Outbox {
 public:
  /// Where to append the next small piece; valid until the next call.
  std::string& Tail();

  /// Takes a body over.
  void Add(std::string body);

  bool empty() const;
  std::size_t bytes() const;

  /// Describes what comes first, as much as `pieces` can name; returns how many it needed.
  std::size_t Describe(std::span<iovec> pieces) const;

  /// The first `count` bytes were sent.
  void Drop(std::size_t count);

 private:
  std::deque<std::string> pieces_;
  std::size_t sent_ = 0;  // Of the first piece.
};

}  // namespace openfc::http
