#include "bootstrap/serve_http.h"

#include "bootstrap/exit_codes.h"
#include "bootstrap/workers/worker_share.h"
#include "runtime/base/log.h"
#include "runtime/http/listen.h"
#include "runtime/http/server.h"
#include "runtime/server/call_queue.h"
#include "runtime/server/http_door.h"
#include "runtime/server/slots.h"

#include <fcntl.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <memory>
#include <utility>

namespace openfc::bootstrap {
namespace {

constexpr std::size_t kAsyncLimit = 100;  // Of what is awaited, unless it is configured.

/// rloader's socket, which other workers share; without rloader one of our own.
Expected<UniqueFd> TakeListener(const RuntimeConfig& config) {
  if (!config.listen_fd) return http::Listen("0.0.0.0", config.http.port);
  UniqueFd listener(::fcntl(*config.listen_fd, F_DUPFD_CLOEXEC, 0));
  if (!listener.is_open()) return SystemError("cannot use the socket of rloader", errno);
  return listener;
}

/// What cannot be loaded is tried again by each invocation, which answers for it.
LoadedFunction LoadFunction(const HttpSurroundings& surroundings) {
  const auto loaded = surroundings.handler.Load(surroundings.config.handler);
  if (loaded) return *loaded;
  LogWarn("function_not_loaded handler={} cause=\"{}\"", surroundings.config.handler,
          loaded.error().message);
  return {};
}

RouteOptions RoutesOf(const RuntimeConfig& config, const LoadedFunction& function) {
  return {.interface = function.interface,
          .handler = config.handler,
          .initializer = config.http.initializer,
          .pre_stop = config.http.pre_stop,
          .pre_freeze = config.http.pre_freeze};
}

/// How many invocations this process may have at once.
std::size_t LimitOf(const RuntimeConfig& config, const LoadedFunction& function, HttpPlace place) {
  if (config.is_limit_set) return ShareOf(config.concurrent_limit, place.index, place.count);
  return function.is_async ? kAsyncLimit : 1;
}

void DrainOn(Interrupt& interrupt, http::Server& server, HttpDoor& door, CallQueue& queue) {
  server.Watch(interrupt.fd(), [&] {
    eventfd_t count = 0;
    (void)::eventfd_read(interrupt.fd(), &count);
    door.BeginDrain();
    server.StopListening();
    queue.Close();
  });
}

}  // namespace

int ServeHttp(const HttpSurroundings& surroundings, Dispatcher& dispatcher, HttpPlace place) {
  const RuntimeConfig& config = surroundings.config;
  auto listener = TakeListener(config);
  if (!listener) {
    LogError("not_listening cause=\"{}\"", listener.error().message);
    return kExitCannotServe;
  }
  CallQueue queue(1);
  HttpDoor door({.health_path = config.http.health_path,
                 .is_health_path_set = config.http.is_health_path_set,
                 .error_status = config.http.error_status},
                surroundings.page, queue);
  const http::ServerOptions options{.limits = {.max_body_bytes = config.http.max_body_bytes}};
  const auto server = http::Server::StartOn(
      *std::move(listener), options, [&door](http::Request request, http::Responder responder) {
        door.OnRequest(std::move(request), std::move(responder));
      });
  if (!server) {
    LogError("not_serving cause=\"{}\"", server.error().message);
    return kExitCannotServe;
  }
  DrainOn(surroundings.interrupt, **server, door, queue);
  // Health is answered while this takes its time.
  const LoadedFunction function = LoadFunction(surroundings);
  const std::size_t limit = LimitOf(config, function, place);
  queue.SetLimit(limit);
  surroundings.page.MarkPolling();
  door.Open(RoutesOf(config, function));
  Slots(queue, dispatcher, function.is_async ? 1 : limit).Run();
  (*server)->Stop();
  return kExitStopped;
}

}  // namespace openfc::bootstrap
