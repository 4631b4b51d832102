#include "bootstrap/serve_http.h"

#include "bootstrap/exit_codes.h"
#include "bootstrap/workers/worker_share.h"
#include "runtime/base/log.h"
#include "runtime/base/metrics_page.h"
#include "runtime/http/listen.h"
#include "runtime/http/server.h"
#include "runtime/process/proc_files.h"
#include "runtime/server/alarm_clock.h"
#include "runtime/server/answers.h"
#include "runtime/server/call_queue.h"
#include "runtime/server/flight.h"
#include "runtime/server/helm.h"
#include "runtime/server/http_door.h"
#include "runtime/server/http_drive.h"
#include "runtime/server/inline_slot.h"
#include "runtime/server/metrics_text.h"
#include "runtime/server/slots.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace openfc::bootstrap {
namespace {

constexpr std::size_t kAsyncLimit = 100;  // Of what is awaited, unless it is configured.
constexpr int kNotFound = 404;

// How long functions may hold up the server at most, or twice that: what Python lets a thread
// compute before another one has its turn.
constexpr std::chrono::milliseconds kPatience{5};

int CannotServe(const Error& error) {
  LogError("not_serving cause=\"{}\"", error.message);
  return kExitCannotServe;
}

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

/// The wake pipe does not block; full, it wakes rloader as well.
std::function<void()> WakeOf(const RuntimeConfig& config) {
  if (!config.wake_fd) return {};
  return [fd = *config.wake_fd] {
    constexpr char kAnything = 1;
    (void)!::write(fd, &kAnything, sizeof(kAnything));
  };
}

std::int64_t ResidentBytes(const SharedPage& page) {
  const std::size_t workers = page.workers().count();
  if (workers == 0) return ReadProcessMemory(::getpid()).resident_bytes;
  std::int64_t bytes = 0;
  for (std::size_t place = 0; place < workers; ++place) {
    const pid_t pid = page.workers().pid(place);
    if (pid != 0) bytes += ReadProcessMemory(pid).resident_bytes;
  }
  return bytes;
}

/// Whichever process a client comes to tells the figures of all.
void AnswerMetrics(const SharedPage& page, const http::Request& request,
                   http::Responder responder) {
  if (request.path() != "/metrics" || (request.method() != "GET" && request.method() != "HEAD")) {
    return std::move(responder).Send(TextAnswer(kNotFound, "GET /metrics is all there is here"));
  }
  std::move(responder).Send(
      {.headers = {{"Content-Type", kMetricsContentType}},
       .body = MetricsText(page.metrics().Sum(page.workers().count()), ResidentBytes(page))});
}

/// For all processes that have the socket, children of user code among them: closing it here alone
/// would leave clients to wait in a queue that nobody empties.
void StopListening(const RuntimeConfig& config) {
  if (config.listen_fd) ::shutdown(*config.listen_fd, SHUT_RDWR);
}

UniqueFd Duplicate(int fd) { return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

/// The instance's HTTP side: what the server's thread works with.
struct Front {
  Front(const HttpSurroundings& own, std::unique_ptr<AlarmClock> clock)
      : alarms(std::move(clock)),
        control{.page = own.page,
                .alarms = *alarms,
                .wake_rloader = WakeOf(own.config),
                .turn_clients_away = [this] { server->Drain([] {}); }},
        door({.health_path = own.config.http.health_path,
              .is_health_path_set = own.config.http.is_health_path_set,
              .error_status = own.config.http.error_status},
             control, queue) {}

  const std::unique_ptr<AlarmClock> alarms;
  const FlightControl control;
  CallQueue queue{1};
  HttpDoor door;
  std::unique_ptr<http::Server> server;  // Last: ends before what it calls.
};

Status StartServer(const HttpSurroundings& own, Front& front) {
  auto listener = TakeListener(own.config);
  if (!listener) return listener.error();
  http::ServerOptions options;
  options.limits.max_body_bytes = own.config.http.max_body_bytes;
  options.streams_body = [&front](const http::Request& head) {
    return front.door.StreamsBody(head);
  };
  auto server = http::Server::StartOn(
      *std::move(listener), options, [&front](http::Request request, http::Responder responder) {
        front.door.OnRequest(std::move(request), std::move(responder));
      });
  if (!server) return server.error();
  front.server = *std::move(server);
  front.server->Watch(Duplicate(front.alarms->fd()), [&front] { front.alarms->Ring(); });
  front.server->Watch(Duplicate(own.interrupt.fd()), [&front, &own] {
    eventfd_t count = 0;
    (void)::eventfd_read(own.interrupt.fd(), &count);
    front.door.BeginDrain();
    front.server->Drain([&front] { front.queue.Close(); });
    // After it: who is refused may rely on it that every answer from now on says goodbye.
    front.server->AfterRound([&own] { StopListening(own.config); });
  });
  if (own.config.metrics_fd) {
    const auto served = front.server->AlsoServe(
        Duplicate(*own.config.metrics_fd),
        [&page = own.page](const http::Request& request, http::Responder responder) {
          AnswerMetrics(page, request, std::move(responder));
        });
    if (!served) return served.error();
  }
  return Ok();
}

/// What threads of ours run waits for them in the queue.
void ServeBySlots(Front& front, Dispatcher& dispatcher, std::size_t threads,
                  const RouteOptions& routes) {
  front.door.Open(routes);
  Slots(front.queue, dispatcher, threads).Run();
  front.server->Stop();
}

/// By the thread of the function's event loop.
void ServeByLoop(Front& front, Dispatcher& dispatcher, python::TemplateHandler& handler,
                 const RouteOptions& routes) {
  front.door.Open(routes);
  http::Server& server = *front.server;
  Helm helm(kPatience, [&server] { server.Wake(); });
  server.HandOver(helm, http::Server::Answers::kMayWait);
  {
    HttpDrive drive(server, front.queue, dispatcher, helm);
    handler.Drive(drive);
  }
  server.Stop();
}

/// One invocation at a time, by the thread that drives the server.
void ServeInline(Front& front, Dispatcher& dispatcher, const RouteOptions& routes) {
  http::Server& server = *front.server;
  Helm helm(kPatience, [&server] { server.Wake(); });
  server.HandOver(helm, http::Server::Answers::kLeaveAtOnce);
  front.queue.TellWhenReady([&server] { server.Wake(); });
  front.door.Open(routes);
  const auto sweep = [&server] { server.Drive(Deadline(std::chrono::steady_clock::now())); };
  InlineSlot(
      front.queue, dispatcher, helm,
      {.drive = [&server] { server.DriveToWake(); }, .sweep = sweep, .sweep_every = kPatience})
      .Run();
  server.Stop();
}

}  // namespace

int ServeHttp(const HttpSurroundings& surroundings, Dispatcher& dispatcher, HttpPlace place) {
  surroundings.page.own_metrics().BeginProcess();
  auto alarms = AlarmClock::Create();
  if (!alarms) return CannotServe(alarms.error());
  Front front(surroundings, *std::move(alarms));
  if (const Status started = StartServer(surroundings, front); !started) {
    return CannotServe(started.error());
  }
  // Health is answered while this takes its time.
  const LoadedFunction function = LoadFunction(surroundings);
  const std::size_t limit = LimitOf(surroundings.config, function, place);
  front.queue.SetLimit(limit);
  surroundings.page.MarkPolling();
  const RouteOptions routes = RoutesOf(surroundings.config, function);
  if (limit == 1 && !function.is_async) {
    ServeInline(front, dispatcher, routes);
  } else if (function.drives_door) {
    ServeByLoop(front, dispatcher, surroundings.handler, routes);
  } else {
    ServeBySlots(front, dispatcher, function.is_async ? 1 : limit, routes);
  }
  return kExitStopped;
}

}  // namespace openfc::bootstrap
