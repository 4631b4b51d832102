#pragma once

#include "runtime/base/api_address.h"
#include "runtime/base/error.h"

#include <sys/socket.h>

#include <string>

namespace openfc {

/// Where the platform is, ready to connect to.
struct PlatformAddress {
  sockaddr_storage socket = {};
  socklen_t length = 0;
  std::string authority;
};

/// Looks the host up, unless there is a Unix socket: blocks while a name server is asked, which an
/// address in numbers never causes. kInvalidArgument with a sentence when it has no address.
Expected<PlatformAddress> ResolvePlatform(const ApiAddress& api);

}  // namespace openfc
