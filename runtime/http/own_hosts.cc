#include "runtime/http/own_hosts.h"

#include <algorithm>
#include <charconv>

namespace openfc::http {
namespace {

constexpr std::string_view kLocalhost = "localhost";
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

bool EndsWithIgnoringCase(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() &&
         EqualsIgnoringCase(text.substr(text.size() - ending.size()), ending);
}

struct HostAndPort {
  std::string_view name;  // Without brackets.
  std::optional<std::uint16_t> port;
};

std::optional<std::uint16_t> ReadPort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

/// Nothing for what is more, or less, than a host and perhaps a port.
std::optional<HostAndPort> ReadHost(std::string_view text) {
  if (text.find_first_of("/\\?#@%, \t") != std::string_view::npos) return std::nullopt;
  const bool has_brackets = text.starts_with('[');
  const auto name = HostName(text);
  if (name.empty() || has_brackets != (name.find(':') != std::string_view::npos)) {
    return std::nullopt;
  }
  const auto rest = text.substr(name.size() + (has_brackets ? 2 : 0));
  if (rest.empty()) return HostAndPort{name, std::nullopt};
  const auto port = rest.starts_with(':') ? ReadPort(rest.substr(1)) : std::nullopt;
  if (!port) return std::nullopt;
  return HostAndPort{name, port};
}

struct Page {
  HostAndPort host;
  std::uint16_t usual_port = kHttpPort;

  std::uint16_t port() const { return host.port.value_or(usual_port); }
};

/// Nothing for `null` and what is no origin of a web page.
std::optional<Page> ReadOrigin(std::string_view origin) {
  constexpr std::string_view kSeparator = "://";
  const auto end = origin.find(kSeparator);
  if (end == std::string_view::npos) return std::nullopt;
  const auto scheme = origin.substr(0, end);
  const bool is_https = EqualsIgnoringCase(scheme, "https");
  if (!is_https && !EqualsIgnoringCase(scheme, "http")) return std::nullopt;
  const auto host = ReadHost(origin.substr(end + kSeparator.size()));
  if (!host) return std::nullopt;
  return Page{*host, is_https ? kHttpsPort : kHttpPort};
}

/// The parser refuses a second Host; a second Origin would leave open which of them counts.
bool HasTwoOrigins(const Request& request) {
  int count = 0;
  for (std::size_t i = 0; i < request.header_count(); ++i) {
    if (EqualsIgnoringCase(request.header_name(i), "origin")) ++count;
  }
  return count > 1;
}

}  // namespace

OwnHosts::OwnHosts(const std::vector<std::string>& names) {
  for (const std::string& text : names) {
    const auto host = ReadHost(text);  // Nothing of an IPv6 address without brackets, too.
    names_.push_back(host ? Name{std::string(host->name), host->port} : Name{text, std::nullopt});
  }
}

std::optional<OwnHosts::Foreign> OwnHosts::FindForeign(const Request& request, Pages pages) const {
  const auto host = request.Header("host");
  if (host && !IsOwn(HostName(*host), request.endpoints())) return Foreign::kHost;
  const auto origin = request.Header("origin");
  if (origin && (HasTwoOrigins(request) || !IsOwnPage(*origin, request, pages))) {
    return Foreign::kOrigin;
  }
  return std::nullopt;
}

bool OwnHosts::IsOwn(std::string_view name, const Endpoints& endpoints) const {
  if (name.empty()) return false;
  return name == endpoints.server_address || EqualsIgnoringCase(name, kLocalhost) ||
         EndsWithIgnoringCase(name, ".localhost") ||
         std::any_of(names_.begin(), names_.end(),
                     [name](const Name& own) { return EqualsIgnoringCase(name, own.name); });
}

bool OwnHosts::IsOwnPage(std::string_view origin, const Request& request, Pages pages) const {
  const auto page = ReadOrigin(origin);
  if (!page) return false;
  const auto name = page->host.name;
  if (pages == Pages::kOfOurHosts) return IsOwn(name, request.endpoints());
  const auto is_named = [&](const Name& own) {
    return EqualsIgnoringCase(name, own.name) &&
           page->port() == own.port.value_or(page->usual_port);
  };
  if (std::any_of(names_.begin(), names_.end(), is_named)) return true;
  const auto host = ReadHost(request.Header("host").value_or(""));
  return host && EqualsIgnoringCase(name, host->name) &&
         page->port() == host->port.value_or(kHttpPort) &&
         (host->port || page->usual_port == kHttpPort);
}

std::string_view HostName(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    return end == std::string_view::npos ? std::string_view() : host.substr(1, end - 1);
  }
  return host.substr(0, host.find(':'));
}

}  // namespace openfc::http
