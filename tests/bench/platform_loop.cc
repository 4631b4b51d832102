#include "tests/bench/platform_loop.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

namespace openfc::bench {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kAccepted = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr int kPatienceMs = 30000;

std::string MakeInvocation(std::string_view event) {
  return "HTTP/1.1 200 OK\r\nx-fc-request-id: 1-12345678-bench\r\n"
         "x-fc-function-handler: index.handler\r\nx-fc-function-name: bench\r\n"
         "x-fc-function-memory: 128\r\nx-fc-function-timeout: 60\r\nContent-Length: " +
         std::to_string(event.size()) + "\r\n\r\n" + std::string(event);
}

UniqueFd Listen() {
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(socket.get(), SOMAXCONN) != 0) {
    throw std::runtime_error("cannot listen on 127.0.0.1");
  }
  return socket;
}

std::uint16_t PortOf(const UniqueFd& socket) {
  sockaddr_in address{};
  socklen_t length = sizeof(address);
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin_port);
}

void Watch(const UniqueFd& epoll, const UniqueFd& socket, void* owner) {
  epoll_event event{.events = EPOLLIN, .data = {.ptr = owner}};
  ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, socket.get(), &event);
}

/// The whole length of the request at the start of `input`; 0 while it is not all there.
std::size_t RequestLength(const std::string& input) {
  const auto end = input.find(kEndOfHead);
  if (end == std::string::npos) return 0;
  std::size_t length = end + kEndOfHead.size();
  const auto field = input.find("Content-Length:");
  if (field < end) length += std::strtoul(input.c_str() + field + 15, nullptr, 10);
  return input.size() < length ? 0 : length;
}

}  // namespace

PlatformLoop::PlatformLoop(std::string_view event)
    : invocation_(MakeInvocation(event)),
      listener_(Listen()),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      port_(PortOf(listener_)) {
  Watch(epoll_, listener_, nullptr);
}

void PlatformLoop::AwaitPoll() {
  while (polling_ == nullptr) ServeOnce();
}

Round PlatformLoop::Run(std::size_t count) {
  AwaitPoll();
  round_ = Round();
  round_.latencies_us.reserve(count);
  to_hand_out_ = count;
  const auto start = Clock::now();
  HandOut();
  while (round_.latencies_us.size() < count || polling_ == nullptr) ServeOnce();
  round_.elapsed = Clock::now() - start;
  return round_;
}

void PlatformLoop::ServeOnce() {
  std::array<epoll_event, 8> events;
  const int ready = ::epoll_wait(epoll_.get(), events.data(), events.size(), kPatienceMs);
  if (ready == 0) throw std::runtime_error("the runtime fell silent");
  for (int i = 0; i < ready; ++i) {
    auto* const connection = static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
    if (connection == nullptr) {
      AcceptAll();
    } else {
      Serve(*connection);
    }
  }
  connections_.remove_if([](const Connection& connection) { return connection.is_over; });
}

void PlatformLoop::AcceptAll() {
  while (true) {
    UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.is_open()) return;
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    Connection& connection = connections_.emplace_back();
    connection.socket = std::move(socket);
    Watch(epoll_, connection.socket, &connection);
  }
}

void PlatformLoop::Serve(Connection& connection) {
  std::array<char, 65536> bytes;
  const ssize_t length = ::recv(connection.socket.get(), bytes.data(), bytes.size(), 0);
  if (length > 0) {
    connection.input.append(bytes.data(), static_cast<std::size_t>(length));
  } else if (length == 0 || errno != EAGAIN) {
    connection.is_over = true;
    if (polling_ == &connection) polling_ = nullptr;
    return;
  }
  while (TakeRequest(connection)) continue;
  if (polling_ == &connection) HandOut();
  if (connection.output.empty()) return;
  const std::string output = std::move(connection.output);
  connection.output.clear();
  const ssize_t sent = ::send(connection.socket.get(), output.data(), output.size(), MSG_NOSIGNAL);
  connection.is_over = sent != static_cast<ssize_t>(output.size());
}

bool PlatformLoop::TakeRequest(Connection& connection) {
  const std::size_t length = RequestLength(connection.input);
  if (length == 0) return false;
  if (connection.input.front() == 'G') {
    polling_ = &connection;
  } else {
    const std::chrono::duration<double, std::micro> latency = Clock::now() - handed_out_;
    round_.latencies_us.push_back(latency.count());
    connection.output.append(kAccepted);
  }
  connection.input.erase(0, length);
  return true;
}

/// To whoever polls, when there is something left to hand out.
void PlatformLoop::HandOut() {
  if (polling_ == nullptr || to_hand_out_ == 0) return;
  --to_hand_out_;
  Connection& connection = *std::exchange(polling_, nullptr);
  const std::string output = std::exchange(connection.output, {}) + invocation_;
  handed_out_ = Clock::now();
  const ssize_t sent = ::send(connection.socket.get(), output.data(), output.size(), MSG_NOSIGNAL);
  connection.is_over = sent != static_cast<ssize_t>(output.size());
}

}  // namespace openfc::bench
