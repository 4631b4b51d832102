#include "runtime/client/platform_socket.h"

#include "runtime/base/before_wait.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <system_error>

namespace openfc {
namespace {

// TCP itself finds out that the platform is gone.
constexpr int kKeepAliveIdleSeconds = 60;
constexpr int kKeepAliveIntervalSeconds = 15;
constexpr int kKeepAliveProbes = 4;

constexpr std::size_t kMostParts = 4;

Error Unavailable(int error_number) {
  return Error{ErrorCode::kUnavailable, std::generic_category().message(error_number)};
}

void SetOption(int socket, int level, int name, int value) {
  ::setsockopt(socket, level, name, &value, sizeof(value));
}

void SetLimits(int socket, std::chrono::milliseconds stall) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(stall);
  const timeval limit{.tv_sec = seconds.count(),
                      .tv_usec = std::chrono::microseconds(stall - seconds).count()};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

void WatchPeer(int socket) {
  SetOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  SetOption(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  SetOption(socket, IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveIdleSeconds);
  SetOption(socket, IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveIntervalSeconds);
  SetOption(socket, IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes);
}

bool Await(int socket, short events, Deadline until) {
  BeforeWait();
  pollfd entry{.fd = socket, .events = events, .revents = 0};
  while (true) {
    const int ready = ::poll(&entry, 1, until.PollTimeout());
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

/// What was sent of a message does not belong to it any more.
void Skip(msghdr& message, std::size_t sent) {
  while (message.msg_iovlen > 0 && sent >= message.msg_iov->iov_len) {
    sent -= message.msg_iov->iov_len;
    ++message.msg_iov;
    --message.msg_iovlen;
  }
  if (message.msg_iovlen == 0) return;
  message.msg_iov->iov_base = static_cast<char*>(message.msg_iov->iov_base) + sent;
  message.msg_iov->iov_len -= sent;
}

/// 0, or why there is no connection.
int FinishConnecting(int socket, std::chrono::milliseconds patience) {
  if (!Await(socket, POLLOUT, Deadline::After(patience))) return ETIMEDOUT;
  int error_number = 0;
  socklen_t size = sizeof(error_number);
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error_number, &size);
  return error_number;
}

}  // namespace

Status PlatformSocket::Connect(const PlatformAddress& address) {
  const auto* const where = reinterpret_cast<const sockaddr*>(&address.socket);
  UniqueFd socket(
      ::socket(address.socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return Unavailable(errno);
  if (::connect(socket.get(), where, address.length) != 0) {
    if (errno != EINPROGRESS && errno != EINTR) return Unavailable(errno);
    const int failure = FinishConnecting(socket.get(), patience_.connect);
    if (failure != 0) return Unavailable(failure);
  }
  const int no_flags = 0;
  ::fcntl(socket.get(), F_SETFL, no_flags);  // Blocking from here on, within its limits.
  SetLimits(socket.get(), patience_.stall);
  if (address.socket.ss_family != AF_UNIX) WatchPeer(socket.get());
  socket_ = std::move(socket);
  return Ok();
}

bool PlatformSocket::IsStale() const {
  char byte = 0;
  const ssize_t count = ::recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count >= 0 || (errno != EAGAIN && errno != EINTR);
}

Status PlatformSocket::Send(std::span<const std::string_view> parts) {
  assert(parts.size() <= kMostParts);
  std::array<iovec, kMostParts> vectors{};
  std::size_t left = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    vectors[i] = {.iov_base = const_cast<char*>(parts[i].data()), .iov_len = parts[i].size()};
    left += parts[i].size();
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = parts.size();
  while (left > 0) {
    const bool tries_first = HasToGiveUp();
    const ssize_t sent =
        ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | (tries_first ? MSG_DONTWAIT : 0));
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && tries_first && errno == EAGAIN) {
      BeforeWait();
      continue;
    }
    if (sent < 0) return Unavailable(errno == EAGAIN ? ETIMEDOUT : errno);
    left -= static_cast<std::size_t>(sent);
    Skip(message, static_cast<std::size_t>(sent));
  }
  return Ok();
}

Expected<std::size_t> PlatformSocket::Receive(std::span<char> room, Silence silence) {
  while (true) {
    const bool tries_first = HasToGiveUp();
    const ssize_t count =
        ::recv(socket_.get(), room.data(), room.size(), tries_first ? MSG_DONTWAIT : 0);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (tries_first && errno == EAGAIN) {
      BeforeWait();
      continue;
    }
    const bool is_silent = errno == EAGAIN || errno == EWOULDBLOCK;
    if (errno == EINTR || (is_silent && silence == Silence::kIsFine)) continue;
    return Unavailable(is_silent ? ETIMEDOUT : errno);
  }
}

bool PlatformSocket::AwaitInput(std::chrono::milliseconds length) const {
  return Await(socket_.get(), POLLIN, Deadline::After(length));
}

}  // namespace openfc
