#include "runtime/http/listen.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace openfc::http {
namespace {

constexpr int kBacklog = 1024;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Expected<SocketAddress> Parse(const std::string& address, std::uint16_t port) {
  SocketAddress parsed;
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&parsed.storage);
  if (::inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    parsed.size = sizeof(sockaddr_in);
    return parsed;
  }
  parsed = SocketAddress();
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&parsed.storage);
  if (::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    parsed.size = sizeof(sockaddr_in6);
    return parsed;
  }
  return Error{ErrorCode::kInvalidArgument,
               "'" + address + "' is not an IP address: listen on one, as in 127.0.0.1"};
}

Error ListenError(const std::string& address, std::uint16_t port, int error_number) {
  const std::string where = "port " + std::to_string(port) + " of " + address;
  if (error_number == EADDRINUSE) {
    return Error{ErrorCode::kInvalidArgument,
                 where + " is in use by another program: choose another port, or 0 for a free one"};
  }
  if (error_number == EADDRNOTAVAIL) {
    return Error{ErrorCode::kInvalidArgument, address + " is not an address of this machine"};
  }
  if (error_number == EACCES) {
    return Error{ErrorCode::kInvalidArgument,
                 where + " needs more rights than we have: choose one above 1023"};
  }
  return SystemError("cannot listen on " + where, error_number);
}

}  // namespace

Expected<UniqueFd> Listen(const std::string& address, std::uint16_t port) {
  auto parsed = Parse(address, port);
  if (!parsed) return parsed.error();
  UniqueFd socket(
      ::socket(parsed->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return SystemError("cannot make a socket", errno);
  // A port whose last connections are still closing may be taken again; a listened one may not.
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(socket.get(), parsed->get(), parsed->size) != 0 ||
      ::listen(socket.get(), kBacklog) != 0) {
    return ListenError(address, port, errno);
  }
  return socket;
}

Expected<UniqueFd> ListenLocally() {
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return SystemError("cannot make a socket", errno);
  sockaddr_un any{};
  any.sun_family = AF_UNIX;
  const auto* const address = reinterpret_cast<const sockaddr*>(&any);
  // Without a name the system chooses one (unix(7), Autobind).
  if (::bind(socket.get(), address, sizeof(any.sun_family)) != 0 ||
      ::listen(socket.get(), kBacklog) != 0) {
    return SystemError("cannot listen on a Unix socket", errno);
  }
  return socket;
}

Expected<std::string> LocalName(const UniqueFd& socket) {
  sockaddr_un address{};
  socklen_t size = sizeof(address);
  constexpr std::size_t kNameAt = offsetof(sockaddr_un, sun_path) + 1;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return SystemError("cannot read the address of a socket", errno);
  }
  return "@" + std::string(&address.sun_path[1], size - kNameAt);
}

Status PrepareListener(const UniqueFd& socket) {
  int listens = 0;
  socklen_t size = sizeof(listens);
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) {
    return Error{ErrorCode::kInvalidArgument,
                 "descriptor " + std::to_string(socket.get()) + " is no socket that listens"};
  }
  const int flags = ::fcntl(socket.get(), F_GETFL);
  if (flags < 0 || ::fcntl(socket.get(), F_SETFL, flags | O_NONBLOCK) != 0 ||
      ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC) != 0) {
    return SystemError("cannot prepare the listening socket", errno);
  }
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  return Ok();
}

Expected<std::uint16_t> LocalPort(const UniqueFd& socket) {
  SocketAddress address;
  address.size = sizeof(address.storage);
  if (::getsockname(socket.get(), address.get(), &address.size) != 0) {
    return SystemError("cannot read the address of a socket", errno);
  }
  const bool is_v4 = address.storage.ss_family == AF_INET;
  return ntohs(is_v4 ? reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port
                     : reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_port);
}

}  // namespace openfc::http
