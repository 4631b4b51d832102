#include "runtime/client/platform_address.h"

#include <netdb.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <memory>

namespace openfc {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// Null with `failure` set when there is none.
Addresses LookUp(const std::string& host, const std::string& port, int flags, int& failure) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  failure = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  return {failure == 0 ? found : nullptr, &::freeaddrinfo};
}

Expected<PlatformAddress> AddressOfUnixSocket(const ApiAddress& api) {
  const std::string& name = api.socket;
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  if (name.size() >= sizeof(local.sun_path)) {
    return Error{ErrorCode::kInvalidArgument,
                 "the name of the platform's Unix socket, '" + name + "', is too long"};
  }
  std::memcpy(&local.sun_path, name.data(), name.size());
  if (name.front() == '@') local.sun_path[0] = '\0';
  PlatformAddress address;
  address.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  address.authority = api.Authority();
  std::memcpy(&address.socket, &local, sizeof(local));
  return address;
}

}  // namespace

Expected<PlatformAddress> ResolvePlatform(const ApiAddress& api) {
  if (!api.socket.empty()) return AddressOfUnixSocket(api);
  const std::string digits = std::to_string(api.port);
  int failure = 0;
  Addresses found = LookUp(api.host, digits, AI_NUMERICHOST, failure);
  if (found == nullptr) found = LookUp(api.host, digits, 0, failure);
  if (found == nullptr) {
    return Error{
        ErrorCode::kInvalidArgument,
        "the platform's host '" + api.host + "' cannot be resolved: " + ::gai_strerror(failure)};
  }
  PlatformAddress address;
  address.length = found->ai_addrlen;
  address.authority = api.Authority();
  std::memcpy(&address.socket, found->ai_addr, found->ai_addrlen);
  return address;
}

}  // namespace openfc
