#include "tests/bench/wire.h"

#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace openfc::bench {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kLength = "content-length:";

/// What the head announces; 0 when it announces nothing.
std::size_t BodyLength(std::string_view head) {
  for (auto line = head.find("\r\n"); line != std::string_view::npos;
       line = head.find("\r\n", line + 2)) {
    const std::string_view field = head.substr(line + 2);
    if (field.size() < kLength.size()) return 0;
    if (::strncasecmp(field.data(), kLength.data(), kLength.size()) != 0) continue;
    return std::strtoul(field.data() + kLength.size(), nullptr, 10);
  }
  return 0;
}

}  // namespace

bool Wire::Receive() {
  constexpr std::size_t kAtOnce = 256U * 1024;
  static std::array<char, kAtOnce> bytes;
  const ssize_t length = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
  if (length <= 0) return length < 0 && errno == EAGAIN;
  input_.append(bytes.data(), static_cast<std::size_t>(length));
  return true;
}

bool Wire::Peek(RequestView& request) {
  if (length_ == 0) {
    const auto end = input_.find(kEndOfHead);
    if (end == std::string::npos) return false;
    head_ = end + kEndOfHead.size();
    length_ = head_ + BodyLength(std::string_view(input_).substr(0, head_));
  }
  if (input_.size() < length_) return false;
  const std::string_view whole = std::string_view(input_).substr(0, length_);
  request = {.line = whole.substr(0, whole.find("\r\n")), .body = whole.substr(head_)};
  return true;
}

void Wire::Drop() {
  input_.erase(0, length_);
  length_ = 0;
}

void Wire::Queue(std::string_view head, std::string_view tail) {
  output_.append(head);
  tail_ = tail;
}

bool Wire::Flush() {
  while (HasOutput()) {
    std::array<iovec, 2> parts = {iovec{.iov_base = output_.data(), .iov_len = output_.size()},
                                  iovec{.iov_base = const_cast<char*>(tail_.data()),  // Only read.
                                        .iov_len = tail_.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN;
    const std::size_t of_head = std::min(static_cast<std::size_t>(sent), output_.size());
    output_.erase(0, of_head);
    tail_.remove_prefix(static_cast<std::size_t>(sent) - of_head);
  }
  return true;
}

}  // namespace openfc::bench
