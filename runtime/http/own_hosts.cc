#include "runtime/http/own_hosts.h"

#include <algorithm>

namespace openfc::http {
namespace {

constexpr std::string_view kLocalhost = "localhost";

bool EndsWithIgnoringCase(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() &&
         EqualsIgnoringCase(text.substr(text.size() - ending.size()), ending);
}

/// The host of `https://host:port`; empty for `null` and what is no origin.
std::string_view HostOfOrigin(std::string_view origin) {
  const auto scheme = origin.find("://");
  return scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
}

}  // namespace

std::optional<OwnHosts::Foreign> OwnHosts::FindForeign(const Request& request) const {
  const auto host = request.Header("host");
  if (host && !IsOwn(*host, request.endpoints())) return Foreign::kHost;
  const auto origin = request.Header("origin");
  if (origin && !IsOwn(HostOfOrigin(*origin), request.endpoints())) return Foreign::kOrigin;
  return std::nullopt;
}

bool OwnHosts::IsOwn(std::string_view host, const Endpoints& endpoints) const {
  const std::string_view name = HostName(host);
  if (name.empty()) return false;
  return name == endpoints.server_address || EqualsIgnoringCase(name, kLocalhost) ||
         EndsWithIgnoringCase(name, ".localhost") ||
         std::any_of(names_.begin(), names_.end(),
                     [name](const std::string& own) { return EqualsIgnoringCase(name, own); });
}

std::string_view HostName(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    return end == std::string_view::npos ? std::string_view() : host.substr(1, end - 1);
  }
  return host.substr(0, host.find(':'));
}

}  // namespace openfc::http
