#include "bootstrap/rloader/listening_sockets.h"

#include "runtime/base/log.h"
#include "runtime/http/listen.h"

#include <cstdint>

namespace openfc::bootstrap {
namespace {

// A platform connects from outside the container.
constexpr const char* kEverywhere = "0.0.0.0";

Expected<UniqueFd> ListenFor(const char* purpose, std::uint16_t wanted) {
  auto socket = http::Listen(kEverywhere, wanted);
  if (!socket) return socket.error();
  const auto port = http::LocalPort(*socket);
  if (!port) return port.error();
  LogInfo("listening purpose={} address={} port={}", purpose, kEverywhere, *port);
  return socket;
}

}  // namespace

Expected<ListeningSockets> ListeningSockets::Open(const Settings& settings) {
  ListeningSockets sockets;
  if (!settings.mode.is_http) return sockets;
  auto listen = ListenFor("requests", settings.http.port);
  if (!listen) return listen.error();
  sockets.listen_ = *std::move(listen);
  if (!settings.http.metrics_port) return sockets;
  auto metrics = ListenFor("metrics", *settings.http.metrics_port);
  if (!metrics) return metrics.error();
  sockets.metrics_ = *std::move(metrics);
  return sockets;
}

void ListeningSockets::Close() {
  listen_.Reset();
  metrics_.Reset();
}

}  // namespace openfc::bootstrap
