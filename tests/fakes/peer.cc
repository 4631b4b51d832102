#include "tests/fakes/peer.h"

#include "tests/fakes/limit.h"
#include "tests/fakes/request.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace openfc::testing {

Peer::Peer(std::function<void(Peer&)> script)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* const where = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.get(), where, length) != 0 || ::listen(listener_.get(), SOMAXCONN) != 0) {
    throw std::runtime_error("cannot listen on 127.0.0.1");
  }
  ::getsockname(listener_.get(), where, &length);
  port_ = ntohs(address.sin_port);
  const timeval patience{.tv_sec = kLimit.count(), .tv_usec = 0};
  ::setsockopt(listener_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  thread_ = std::jthread([this, script = std::move(script)] {
    script(*this);
    connection_.Reset();
    listener_.Reset();
  });
}

void Peer::Accept() {
  unread_.clear();
  connection_ = UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const timeval patience{.tv_sec = kLimit.count(), .tv_usec = 0};
  ::setsockopt(connection_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const int on = 1;
  ::setsockopt(connection_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

bool Peer::ReadMore() {
  std::array<char, 65536> bytes;
  const ssize_t count = ::recv(connection_.get(), bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  unread_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

std::string Peer::ReadRequest() {
  constexpr std::string_view kEndOfHead = "\r\n\r\n";
  while (true) {
    const auto end = unread_.find(kEndOfHead);
    if (end != std::string::npos) {
      RequestReader reader;
      reader.Add(std::string_view(unread_).substr(0, end + kEndOfHead.size()));
      const auto head = reader.PeekHead();
      const auto length = head->Header("content-length");
      const std::size_t size = end + kEndOfHead.size() + (length ? std::stoul(*length) : 0);
      if (unread_.size() >= size) {
        std::string request = unread_.substr(0, size);
        unread_.erase(0, size);
        return request;
      }
    }
    if (!ReadMore()) return std::exchange(unread_, {});
  }
}

void Peer::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(connection_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool Peer::AwaitEnd() {
  while (ReadMore()) {
  }
  char byte = 0;
  return ::recv(connection_.get(), &byte, 1, MSG_DONTWAIT) == 0;
}

bool Peer::AwaitEndFor(std::chrono::milliseconds length) const {
  pollfd entry{.fd = connection_.get(), .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, static_cast<int>(length.count())) != 0;
}

void Peer::Reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(connection_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  connection_.Reset();
}

}  // namespace openfc::testing
