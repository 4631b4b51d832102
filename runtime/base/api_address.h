#pragma once

#include <cstdint>
#include <string>

namespace openfc {

/// Where a Runtime API is reached: the value of FC_RUNTIME_API or AWS_LAMBDA_RUNTIME_API, with that
/// of OPENFC_RUNTIME_SOCKET.
struct ApiAddress {
  std::string host;  // A name or an address; an IPv6 address without its brackets.
  std::uint16_t port = 0;
  /// Where it is served on this machine, too: the path of a Unix socket, or after an @ the name of
  /// an abstract one. Used in place of host and port unless empty.
  std::string socket = {};

  /// host:port, as the Host header has it.
  std::string Authority() const;

  friend bool operator==(const ApiAddress&, const ApiAddress&) = default;
};

}  // namespace openfc
