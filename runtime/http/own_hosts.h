#pragma once

#include "runtime/http/request.h"

#include <cstdint>
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
  /// .localhost, and `names`, each `name` or `name:port`.
  explicit OwnHosts(const std::vector<std::string>& names);

  /// Which pages are ours.
  enum class Pages {
    /// Those of this very server: of what the request's Host says, name and port; and of `names`,
    /// with the port that is said there, or else the usual one of http or of https. A Host without
    /// a port is that of a page by http; behind a proxy that speaks TLS on 443 the name must
    /// therefore be among `names`.
    kOfThisServer,
    /// Those of our own hosts, by any server there.
    kOfOurHosts,
  };

  /// Whose host is not ours.
  enum class Foreign { kHost, kOrigin };

  /// Nothing: all that the request names is ours.
  std::optional<Foreign> FindForeign(const Request& request, Pages pages) const;

 private:
  struct Name {
    std::string name;
    std::optional<std::uint16_t> port;
  };

  bool IsOwn(std::string_view name, const Endpoints& endpoints) const;
  bool IsOwnPage(std::string_view origin, const Request& request, Pages pages) const;

  std::vector<Name> names_;
};

/// `name:8080`, `[::1]:8080` without the port and the brackets.
std::string_view HostName(std::string_view host);

}  // namespace openfc::http
