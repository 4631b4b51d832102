#pragma once

#include "runtime/base/unique_fd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace openfc::http {

/// A client of bare bytes: what it sends is what the server gets. Reads give up after 20 s, so that
/// a wrong server fails a test and does not hang it.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    Connect(reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }

  /// Of a Unix socket: @ and its abstract name.
  explicit RawClient(std::string_view name) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.substr(1).copy(&address.sun_path[1], sizeof(address.sun_path) - 1);
    Connect(reinterpret_cast<const sockaddr*>(&address),
            static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size()));
  }

  /// False when the server has closed.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void SendByteByByte(std::string_view bytes) {
    for (const char byte : bytes) Send(std::string_view(&byte, 1));
  }

  /// Up to and with the first `mark`; what follows it stays for the next read.
  std::string ReadUntil(std::string_view mark) {
    while (pending_.find(mark) == std::string::npos) {
      if (!ReadMore()) return std::exchange(pending_, "") + "<end>";
    }
    return Take(pending_.find(mark) + mark.size());
  }

  std::string Read(std::size_t count) {
    while (pending_.size() < count && ReadMore()) {
    }
    return Take(std::min(count, pending_.size()));
  }

  std::string ReadToEnd() {
    while (ReadMore()) {
    }
    return Take(pending_.size());
  }

  /// One answer that has a Content-Length, head and body.
  std::string ReadAnswer() {
    const std::string head = ReadUntil("\r\n\r\n");
    const auto at = head.find("Content-Length: ");
    if (at == std::string::npos) return head;
    return head + Read(std::stoul(head.substr(at + 16)));
  }

  std::string ReadBody() {
    const std::string answer = ReadAnswer();
    return answer.substr(std::min(answer.size(), answer.find("\r\n\r\n") + 4));
  }

  void StopSending() { ::shutdown(socket_.get(), SHUT_WR); }

  /// Closes with a reset, as the kernel does for a process that dies with unread data.
  void Reset() {
    const linger hard{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    socket_.Reset();
  }

  void Close() { socket_.Reset(); }

  /// False when the connection ended regularly.
  bool AwaitReset() {
    char byte = 0;
    errno = 0;
    while (::recv(socket_.get(), &byte, 1, 0) > 0) {
    }
    return errno == ECONNRESET;
  }

 private:
  void Connect(const sockaddr* address, socklen_t length) {
    if (::connect(socket_.get(), address, length) != 0) throw std::runtime_error("cannot connect");
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }

  bool ReadMore() {
    char buffer[64 * 1024];
    const ssize_t count = ::recv(socket_.get(), buffer, sizeof(buffer), 0);
    if (count < 0 && errno == EAGAIN) throw std::runtime_error("the server does not answer");
    if (count <= 0) return false;
    pending_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  std::string Take(std::size_t count) {
    std::string taken = pending_.substr(0, count);
    pending_.erase(0, count);
    return taken;
  }

  UniqueFd socket_;
  std::string pending_;
};

}  // namespace openfc::http
