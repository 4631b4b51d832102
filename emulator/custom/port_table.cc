#include "emulator/custom/port_table.h"

#include "runtime/base/unique_fd.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace openfc::emulator {
namespace {

/// Whether a program that is none of ours listens there.
bool IsTaken(std::uint16_t port) {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
         errno == EADDRINUSE;
}

}  // namespace

PortLease::~PortLease() {
  if (network_ == nullptr) table_.holders_.erase(port_);
}

Expected<std::unique_ptr<PortLease>> PortTable::Lease(std::uint16_t port,
                                                      const std::string& function) {
  const auto holder = holders_.find(port);
  if (holder == holders_.end() && !IsTaken(port)) {
    holders_.emplace(port, function);
    return std::unique_ptr<PortLease>(new PortLease(*this, port, nullptr));
  }
  if (CanIsolate()) {
    auto network = NetworkNamespace::Make();
    if (!network) return network.error();
    return std::unique_ptr<PortLease>(new PortLease(*this, port, *std::move(network)));
  }
  const std::string who =
      holder == holders_.end() ? "another program" : "the function " + holder->second;
  return Error{ErrorCode::kUnavailable,
               "the port " + std::to_string(port) + " of the function " + function +
                   " is in use by " + who +
                   ", and fclocal may not make network namespaces here: give one of them another "
                   "port, or run fclocal as root"};
}

bool PortTable::CanIsolate() {
  if (!can_isolate_) can_isolate_ = may_isolate_ && NetworkNamespace::Make().has_value();
  return *can_isolate_;
}

}  // namespace openfc::emulator
