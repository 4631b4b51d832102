#pragma once

#include "emulator/custom/network_namespace.h"
#include "runtime/base/error.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace openfc::emulator {

class PortTable;

/// Where a web server listens.
struct ServerPlace {
  std::uint16_t port = 0;
  const NetworkNamespace* network = nullptr;  // Null: our own.
};

/// The right of one instance to a port, for as long as this lives.
class PortLease {
 public:
  ~PortLease();
  PortLease(const PortLease&) = delete;
  PortLease& operator=(const PortLease&) = delete;

  /// As long as this lives.
  ServerPlace place() const { return {.port = port_, .network = network_.get()}; }

 private:
  friend class PortTable;
  PortLease(PortTable& table, std::uint16_t port, std::unique_ptr<NetworkNamespace> network)
      : table_(table), port_(port), network_(std::move(network)) {}

  PortTable& table_;
  const std::uint16_t port_;
  const std::unique_ptr<NetworkNamespace> network_;
};

/// Who listens where: the instances of custom runtimes, which all want the same port. The first one
/// has it; another one has it in a network of its own, where such can be made. The platform
/// thread's.
class PortTable {
 public:
  /// `may_isolate`: networks are made where that is possible.
  explicit PortTable(bool may_isolate = true) : may_isolate_(may_isolate) {}
  PortTable(const PortTable&) = delete;
  PortTable& operator=(const PortTable&) = delete;

  /// A port for an instance of `function`. kUnavailable with a sentence that names who has it.
  /// The table outlives the lease.
  Expected<std::unique_ptr<PortLease>> Lease(std::uint16_t port, const std::string& function);

  /// Whether one port can be had more than once.
  bool CanIsolate();

 private:
  friend class PortLease;

  const bool may_isolate_;
  std::optional<bool> can_isolate_;               // Once it was tried.
  std::map<std::uint16_t, std::string> holders_;  // Of ports in our own network: functions.
};

}  // namespace openfc::emulator
