#pragma once

#include "runtime/http/request.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

/// Keeps web pages from elsewhere away: a browser lets any page send requests to this machine, and
/// one that could run functions here could do anything. A request must name one of our own hosts,
/// and where it tells the page that it comes from (Origin), that must be one of ours too.
class RequestGuard {
 public:
  /// Own are, with any port: the address that the connection came to, localhost and what ends in
  /// .localhost, and `names`.
  explicit RequestGuard(std::vector<std::string> names) : names_(std::move(names)) {}

  /// A sentence for a request that is refused (403); nothing for one that may pass.
  std::optional<std::string> Refusal(const http::Request& request) const;

 private:
  bool IsOwn(std::string_view host, const http::Endpoints& endpoints) const;

  const std::vector<std::string> names_;
};

/// `name:8080`, `[::1]:8080` without the port and the brackets.
std::string_view HostName(std::string_view host);

}  // namespace openfc::emulator
