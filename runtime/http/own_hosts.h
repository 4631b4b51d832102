#pragma once

#include "runtime/http/request.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::http {

/// The hosts that a server on a developer's machine answers for. A browser lets any page send
/// requests to this machine: a request must name one of our own hosts, and where it tells the page
/// that it comes from (Origin), that must be one of ours too.
class OwnHosts {
 public:
  /// Own are, with any port: the address that the connection came to, localhost and what ends in
  /// .localhost, and `names`.
  explicit OwnHosts(std::vector<std::string> names) : names_(std::move(names)) {}

  /// Whose host is not ours.
  enum class Foreign { kHost, kOrigin };

  /// Nothing: all that the request names is ours.
  std::optional<Foreign> FindForeign(const Request& request) const;

 private:
  bool IsOwn(std::string_view host, const Endpoints& endpoints) const;

  const std::vector<std::string> names_;
};

/// `name:8080`, `[::1]:8080` without the port and the brackets.
std::string_view HostName(std::string_view host);

}  // namespace openfc::http
