#include "emulator/platform/request_guard.h"

namespace openfc::emulator {

std::optional<std::string> RequestGuard::Refusal(const http::Request& request,
                                                 http::OwnHosts::Pages pages) const {
  const auto foreign = own_.FindForeign(request, pages);
  if (!foreign) return std::nullopt;
  if (*foreign == http::OwnHosts::Foreign::kHost) {
    return "the Host '" + std::string(request.Header("host").value_or("")) +
           "' is not one of this fclocal's: use 127.0.0.1 or localhost, or allow it with "
           "--allow-host";
  }
  return "pages of '" + std::string(request.Header("origin").value_or("")) +
         "' may not call functions here: allow their host, and a port that is not the usual one, "
         "with --allow-host";
}

}  // namespace openfc::emulator
