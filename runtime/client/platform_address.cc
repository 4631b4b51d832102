#include "runtime/client/platform_address.h"

#include <netdb.h>

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

}  // namespace

Expected<PlatformAddress> ResolvePlatform(const std::string& host, std::uint16_t port) {
  const std::string digits = std::to_string(port);
  int failure = 0;
  Addresses found = LookUp(host, digits, AI_NUMERICHOST, failure);
  if (found == nullptr) found = LookUp(host, digits, 0, failure);
  if (found == nullptr) {
    return Error{
        ErrorCode::kInvalidArgument,
        "the platform's host '" + host + "' cannot be resolved: " + ::gai_strerror(failure)};
  }
  const bool is_v6 = host.find(':') != std::string::npos;
  PlatformAddress address;
  address.length = found->ai_addrlen;
  address.authority = (is_v6 ? "[" + host + "]" : host) + ":" + digits;
  std::memcpy(&address.socket, found->ai_addr, found->ai_addrlen);
  return address;
}

}  // namespace openfc
