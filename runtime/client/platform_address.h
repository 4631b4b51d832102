#pragma once

#include "runtime/base/error.h"

#include <sys/socket.h>

#include <cstdint>
#include <string>

namespace openfc {

/// How the platform is named.
struct PlatformPlace {
  std::string host;  // A name or an address; an IPv6 address without its brackets.
  std::uint16_t port = 0;
  /// The way there on the same machine: the path of a Unix socket, or after an @ the name of an
  /// abstract one. Empty: TCP.
  std::string socket = {};

  /// host:port, as the Host header has it.
  std::string Authority() const;
};

/// Where the platform is, ready to connect to.
struct PlatformAddress {
  sockaddr_storage socket = {};
  socklen_t length = 0;
  std::string authority;
};

/// Looks the host up, unless there is a Unix socket: blocks while a name server is asked, which an
/// address in numbers never causes. kInvalidArgument with a sentence when it has no address.
Expected<PlatformAddress> ResolvePlatform(const PlatformPlace& place);

}  // namespace openfc
