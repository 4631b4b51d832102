#include "emulator/custom/server_probe.h"

#include "emulator/http_client/http_exchange.h"
#include "runtime/base/unique_fd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace openfc::emulator {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBetweenConnects{10};
constexpr milliseconds kConnectTime{1000};

/// A server on 0.0.0.0, or on all of IPv6's, is reached at every address of ours, and so at this
/// one, which one on 127.0.0.1 is not.
constexpr const char* kAnyAddress = "127.0.0.2";
constexpr std::array kLoopbackAddresses = {"127.0.0.1", "::1"};

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

SocketAddress AddressOf(const std::string& host, std::uint16_t port) {
  SocketAddress address;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    address.size = sizeof(v4);
  } else {
    ::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    address.size = sizeof(v6);
  }
  return address;
}

bool TakesConnections(const std::string& host, std::uint16_t port) {
  const SocketAddress address = AddressOf(host, port);
  const UniqueFd socket(
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return false;
  const auto* const target = reinterpret_cast<const sockaddr*>(&address.storage);
  if (::connect(socket.get(), target, address.size) == 0) return true;
  if (errno != EINPROGRESS) return false;
  pollfd entry{.fd = socket.get(), .events = POLLOUT, .revents = 0};
  if (::poll(&entry, 1, static_cast<int>(kConnectTime.count())) != 1) return false;
  int error = 0;
  socklen_t size = sizeof(error);
  return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

/// Of a health check the status alone counts.
struct StatusSink final : ExchangeSink {
  bool OnHead(int answered, std::vector<std::pair<std::string, std::string>> /*headers*/) override {
    status = answered;
    return true;
  }
  bool OnBody(std::string_view /*bytes*/) override { return true; }

  int status = 0;
};

}  // namespace

ServerProbe::ServerProbe(std::uint16_t port, const NetworkNamespace* network,
                         std::optional<HealthCheck> health, ProbeListener listener)
    : port_(port),
      network_(network),
      health_(std::move(health)),
      listener_(std::move(listener)),
      thread_([this](const std::stop_token& stop) { Watch(stop); }) {}

ServerProbe::~ServerProbe() {
  {
    MutexLock lock(mutex_);  // So that it does not fall between a look and a rest.
    thread_.request_stop();
  }
  changed_.NotifyAll();
}

void ServerProbe::Pause() {
  MutexLock lock(mutex_);
  is_paused_ = true;
}

void ServerProbe::Resume() {
  MutexLock lock(mutex_);
  is_paused_ = false;
}

bool ServerProbe::IsPaused() {
  MutexLock lock(mutex_);
  return is_paused_;
}

void ServerProbe::Watch(const std::stop_token& stop) {
  const NetworkNamespace::Visit visit(network_);
  const auto host = FindHost(stop);
  if (!host || (health_ && !AwaitWell(*host, stop))) return;
  listener_.when_ready(*host, is_reachable_);
  if (health_) LookOn(*host, stop);
}

std::optional<std::string> ServerProbe::FindHost(const std::stop_token& stop) {
  do {
    is_reachable_ = TakesConnections(kAnyAddress, port_);
    if (is_reachable_) return kLoopbackAddresses.front();
    for (const char* const host : kLoopbackAddresses) {
      if (!TakesConnections(host, port_)) continue;
      is_reachable_ = TakesConnections(kAnyAddress, port_);  // It may have come just now.
      return host;
    }
  } while (Rest(kBetweenConnects, stop));
  return std::nullopt;
}

/// False when it was stopped first.
bool ServerProbe::AwaitWell(const std::string& host, const std::stop_token& stop) {
  if (!Rest(health_->initial_delay, stop)) return false;
  for (int successes = 0;;) {
    successes = IsWell(host) ? successes + 1 : 0;
    if (successes >= health_->success_threshold) return true;
    if (!Rest(health_->period, stop)) return false;
  }
}

void ServerProbe::LookOn(const std::string& host, const std::stop_token& stop) {
  int failures = 0;
  while (Rest(health_->period, stop)) {
    if (IsPaused()) continue;
    const bool is_well = IsWell(host);
    failures = is_well || IsPaused() ? 0 : failures + 1;
    if (failures < health_->failure_threshold) continue;
    listener_.when_unwell("its health check GET " + health_->path + " failed " +
                          std::to_string(failures) + " times in a row");
    return;
  }
}

bool ServerProbe::IsWell(const std::string& host) const {
  constexpr int kFirstGood = 200;
  constexpr int kFirstBad = 400;
  HttpExchange exchange(host, port_);
  StatusSink sink;
  const ExchangeEnd end = exchange.Run(
      {.method = "GET",
       .target = health_->path,
       .headers = {{"Host", "127.0.0.1:" + std::to_string(port_)}, {"Connection", "close"}}},
      sink, health_->timeout);
  return end == ExchangeEnd::kComplete && sink.status >= kFirstGood && sink.status < kFirstBad;
}

/// False when it was stopped meanwhile.
bool ServerProbe::Rest(milliseconds time, const std::stop_token& stop) {
  const auto until = std::chrono::steady_clock::now() + time;
  MutexLock lock(mutex_);
  while (!stop.stop_requested() && changed_.WaitUntil(mutex_, until)) {
  }
  return !stop.stop_requested();
}

}  // namespace openfc::emulator
