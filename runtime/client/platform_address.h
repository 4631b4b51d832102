#pragma once

#include "runtime/base/error.h"

#include <sys/socket.h>

#include <cstdint>
#include <string>

namespace openfc {

/// Where the platform is, ready to connect to.
struct PlatformAddress {
  sockaddr_storage socket = {};
  socklen_t length = 0;
  std::string authority;  // host:port, as the Host header has it.
};

/// Looks `host` up: blocks while a name server is asked, which an address in numbers never causes.
/// kInvalidArgument with a sentence when it has no address.
Expected<PlatformAddress> ResolvePlatform(const std::string& host, std::uint16_t port);

}  // namespace openfc
