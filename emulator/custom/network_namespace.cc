#include "emulator/custom/network_namespace.h"

#include "runtime/base/log.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr const char* kOwnNetwork = "/proc/thread-self/ns/net";

UniqueFd OpenOwnNetwork() { return UniqueFd(::open(kOwnNetwork, O_RDONLY | O_CLOEXEC)); }

bool RaiseLoopback() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", sizeof("lo"));
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  return socket.is_open() && ::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0;
}

/// The calling thread leaves its network for ever.
Expected<UniqueFd> MoveToNewNetwork() {
  if (::unshare(CLONE_NEWNET) != 0) return SystemError("cannot make a network namespace", errno);
  if (!RaiseLoopback()) return SystemError("cannot use a new network's loopback", errno);
  UniqueFd file = OpenOwnNetwork();
  if (!file.is_open()) return SystemError("cannot open a new network namespace", errno);
  return file;
}

}  // namespace

Expected<std::unique_ptr<NetworkNamespace>> NetworkNamespace::Make() {
  std::optional<Expected<UniqueFd>> made;
  std::jthread([&made] { made.emplace(MoveToNewNetwork()); }).join();
  if (!*made) return made->error();
  return std::unique_ptr<NetworkNamespace>(new NetworkNamespace(std::move(**made)));
}

NetworkNamespace::Visit::Visit(const NetworkNamespace* network) {
  if (network == nullptr) return;
  home_ = OpenOwnNetwork();
  is_there_ = home_.is_open() && ::setns(network->file_.get(), CLONE_NEWNET) == 0;
  if (!is_there_) LogError("network_not_entered errno={}", errno);
}

NetworkNamespace::Visit::~Visit() {
  if (!home_.is_open() || !is_there_) return;
  if (::setns(home_.get(), CLONE_NEWNET) != 0) LogError("network_not_left errno={}", errno);
}

}  // namespace openfc::emulator
