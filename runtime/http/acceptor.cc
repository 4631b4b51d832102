#include "runtime/http/acceptor.h"

#include "runtime/base/log.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>

namespace openfc::http {
namespace {

constexpr std::chrono::milliseconds kPause{100};

struct Named {
  std::string address;
  std::uint16_t port = 0;
};

Named Name(const sockaddr_storage& storage) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_v4 = storage.ss_family == AF_INET;
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
  const void* const bytes = is_v4 ? static_cast<const void*>(&v4.sin_addr) : &v6.sin6_addr;
  if (::inet_ntop(storage.ss_family, bytes, text.data(), text.size()) == nullptr) return {};
  return {.address = text.data(), .port = ntohs(is_v4 ? v4.sin_port : v6.sin6_port)};
}

std::shared_ptr<const Endpoints> EndpointsOf(int fd, const sockaddr_storage& client) {
  sockaddr_storage server{};
  socklen_t size = sizeof(server);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&server), &size);
  const Named client_name = Name(client);
  const Named server_name = Name(server);
  return std::make_shared<const Endpoints>(Endpoints{.client_address = client_name.address,
                                                     .client_port = client_name.port,
                                                     .server_address = server_name.address,
                                                     .server_port = server_name.port});
}

/// Another process that holds the listener, too, has shut it down: nobody will ever come.
bool IsShutDown(int error_number) { return error_number == EINVAL; }

bool IsClientsFault(int error_number) {
  return error_number == EINTR || error_number == ECONNABORTED || error_number == EPROTO;
}

}  // namespace

Acceptor::Acceptor(asio::io_context& io, UniqueFd listener, std::size_t max_clients,
                   OnClient on_client)
    : io_(io),
      listener_(io, listener.Release()),
      pause_(io),
      max_clients_(max_clients),
      on_client_(std::move(on_client)) {}

void Acceptor::AwaitClients() {
  if (is_waiting_ || clients_ >= max_clients_ || !listener_.is_open()) return;
  is_waiting_ = true;
  listener_.async_wait(Descriptor::wait_read, [this](const IoError& error) {
    if (error) return;
    is_waiting_ = false;
    Accept();
  });
}

void Acceptor::GiveBack() {
  --clients_;
  AwaitClients();
}

void Acceptor::Stop() {
  IoError ignored;
  listener_.close(ignored);
  pause_.cancel();
}

void Acceptor::Accept() {
  sockaddr_storage client{};
  socklen_t size = sizeof(client);
  const int fd = ::accept4(listener_.native_handle(), reinterpret_cast<sockaddr*>(&client), &size,
                           SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd >= 0) {
    Socket socket(io_);
    IoError error;
    socket.assign(asio::ip::tcp::v4(), fd, error);  // The family is not looked at again.
    if (error) {
      ::close(fd);
    } else {
      ++clients_;
      on_client_(std::move(socket), EndpointsOf(fd, client));
    }
  } else if (IsShutDown(errno)) {
    return;
  } else if (errno != EAGAIN && errno != EWOULDBLOCK && !IsClientsFault(errno)) {
    Pause(errno);
    return;
  }
  AwaitClients();
}

/// Out of descriptors or memory: others may give some back.
void Acceptor::Pause(int error_number) {
  LogWarn("accept_failed error={}", std::strerror(error_number));
  is_waiting_ = true;
  pause_.expires_after(kPause);
  pause_.async_wait([this](const IoError& error) {
    if (error) return;
    is_waiting_ = false;
    AwaitClients();
  });
}

}  // namespace openfc::http
