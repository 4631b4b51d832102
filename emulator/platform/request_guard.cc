#include "emulator/platform/request_guard.h"

#include <algorithm>

namespace openfc::emulator {
namespace {

constexpr std::string_view kLocalhost = "localhost";

bool EndsWithIgnoringCase(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() &&
         http::EqualsIgnoringCase(text.substr(text.size() - ending.size()), ending);
}

/// The host of `https://host:port`; empty for `null` and what is no origin.
std::string_view HostOfOrigin(std::string_view origin) {
  const auto scheme = origin.find("://");
  return scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
}

}  // namespace

std::optional<std::string> RequestGuard::Refusal(const http::Request& request) const {
  const auto host = request.Header("host");
  if (host && !IsOwn(*host, request.endpoints())) {
    return "the Host '" + std::string(*host) +
           "' is not one of this fclocal's: use 127.0.0.1 or localhost, or allow it with "
           "--allow-host";
  }
  const auto origin = request.Header("origin");
  if (origin && !IsOwn(HostOfOrigin(*origin), request.endpoints())) {
    return "pages of '" + std::string(*origin) +
           "' may not call functions here: allow their host with --allow-host";
  }
  return std::nullopt;
}

bool RequestGuard::IsOwn(std::string_view host, const http::Endpoints& endpoints) const {
  const std::string_view name = HostName(host);
  if (name.empty()) return false;
  return name == endpoints.server_address || http::EqualsIgnoringCase(name, kLocalhost) ||
         EndsWithIgnoringCase(name, ".localhost") ||
         std::any_of(names_.begin(), names_.end(), [name](const std::string& own) {
           return http::EqualsIgnoringCase(name, own);
         });
}

std::string_view HostName(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    return end == std::string_view::npos ? std::string_view() : host.substr(1, end - 1);
  }
  return host.substr(0, host.find(':'));
}

}  // namespace openfc::emulator
