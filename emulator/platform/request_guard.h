#pragma once

#include "runtime/http/own_hosts.h"

#include <optional>
#include <string>
#include <vector>

namespace openfc::emulator {

/// Keeps web pages from elsewhere away: one that could run functions here could do anything.
class RequestGuard {
 public:
  /// `names` are our own hosts, beside those that always are (http::OwnHosts).
  explicit RequestGuard(const std::vector<std::string>& names) : own_(names) {}

  /// A sentence for a request that is refused (403); nothing for one that may pass.
  std::optional<std::string> Refusal(const http::Request& request,
                                     http::OwnHosts::Pages pages) const;

 private:
  const http::OwnHosts own_;
};

}  // namespace openfc::emulator
