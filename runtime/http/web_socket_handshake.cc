#include "runtime/http/web_socket_handshake.h"

#include <boost/beast/websocket/detail/hybi13.hpp>

#include <algorithm>
#include <optional>

namespace openfc::http {
namespace {

constexpr std::size_t kKeySize = 24;  // Of 16 bytes in base64.

std::string_view Trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Whether a header that is a list has `token`; it may come more than once.
bool ListHas(const Request& request, std::string_view name, std::string_view token) {
  for (std::size_t i = 0; i < request.header_count(); ++i) {
    if (!EqualsIgnoringCase(request.header_name(i), name)) continue;
    std::string_view list = request.header_value(i);
    while (!list.empty()) {
      const auto comma = std::min(list.find(','), list.size());
      if (EqualsIgnoringCase(Trim(list.substr(0, comma)), token)) return true;
      list.remove_prefix(std::min(comma + 1, list.size()));
    }
  }
  return false;
}

}  // namespace

bool AsksForWebSocket(const Request& request) {
  const auto key = request.Header("Sec-WebSocket-Key");
  return request.method() == "GET" && !request.is_http_1_0() &&
         ListHas(request, "Connection", "upgrade") && ListHas(request, "Upgrade", "websocket") &&
         request.Header("Sec-WebSocket-Version") == "13" && key && key->size() == kKeySize;
}

std::string AcceptKey(std::string_view key) {
  boost::beast::websocket::detail::sec_ws_accept_type accept;
  boost::beast::websocket::detail::make_sec_ws_accept(accept, {key.data(), key.size()});
  return std::string(accept.data(), accept.size());
}

void AppendUpgradeHead(std::string_view key, const HeaderList& headers, std::string& out) {
  out.append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
  out.append("Sec-WebSocket-Accept: ").append(AcceptKey(key)).append("\r\n");
  for (const auto& [name, value] : headers) {
    if (!IsFraming(name)) out.append(name).append(": ").append(value).append("\r\n");
  }
  out.append("\r\n");
}

}  // namespace openfc::http
