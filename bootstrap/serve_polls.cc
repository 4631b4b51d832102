#include "bootstrap/serve_polls.h"

#include "bootstrap/exit_codes.h"
#include "runtime/base/log.h"
#include "runtime/client/http_runtime_api.h"
#include "runtime/client/platform_connection.h"
#include "runtime/loop/loop.h"
#include "runtime/wire/error_document.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

namespace openfc::bootstrap {
namespace {

/// Each may have a second connection beside it, and all have to be woken when the instance stops
/// (Interrupt). More than twice what Function Compute allows an instance.
constexpr std::size_t kMostPolls = 512;

/// The Runtime API over connections along `route`, one for each that is opened. What they receive
/// stands in the shared page. All of this must outlive what it opens.
OpenRuntimeApi OpenOver(PlatformRoute& route, RuntimeApiShared& shared,
                        const RuntimeConfig& config) {
  const auto connect = [&route, &shared](ReceiveBuffer buffer) {
    return std::make_unique<PlatformConnection>(route, shared.interrupt, std::move(buffer));
  };
  const auto open_for_polls = [connect, &shared] {
    auto buffer = shared.page.TakeReceiveBuffer();
    return connect(buffer ? *std::move(buffer) : ReceiveBuffer());
  };
  const HttpRuntimeApi::Options options{
      .dialect = config.mode.dialect,
      .max_response_bytes = config.max_response_bytes,
      .pause = {},
      .open_exchange = open_for_polls,
      .open_spare = [connect] { return connect(ReceiveBuffer()); }};
  return [open_for_polls, options, &shared] {
    return std::make_unique<HttpRuntimeApi>(open_for_polls(), shared, options);
  };
}

/// A process's own way to the platform.
struct Connections {
  explicit Connections(const PollSurroundings& own)
      : route(own.config.mode.api, own.config.mode.dialect),
        shared{.page = own.page, .interrupt = own.interrupt},
        open(OpenOver(route, shared, own.config)) {}

  PlatformRoute route;
  RuntimeApiShared shared;
  const OpenRuntimeApi open;
};

}  // namespace

int ServePolls(const PollSurroundings& surroundings, Dispatcher& dispatcher, std::size_t limit) {
  if (limit > kMostPolls) LogWarn("polls_limited asked={} polls={}", limit, kMostPolls);
  Connections connections(surroundings);
  const Error end =
      RunLoop(connections.open, dispatcher, {.concurrent_limit = std::min(limit, kMostPolls)});
  if (end.code == ErrorCode::kCancelled) return kExitStopped;
  LogError("loop_ended cause=\"{}\"", end.message);
  surroundings.page.MarkRefused();
  ::_exit(kExitRefused);  // Threads of user code are not waited for: there is nothing left to do.
}

int CannotServe(const PollSurroundings& surroundings, const Error& error) {
  LogError("runtime_start_failed cause=\"{}\"", error.message);
  constexpr const char* kType = "RuntimeStartError";
  Connections connections(surroundings);
  (void)connections.open()->PostInitError(
      {.type = kType, .document = wire::ErrorDocument(kType, error.message)});
  return kExitCannotServe;
}

int CannotImport(const PollSurroundings& surroundings, const Failure& failure) {
  Connections connections(surroundings);
  if (const Status posted = connections.open()->PostInitError(failure); !posted) {
    LogError("post_failed path=init/error cause=\"{}\"", posted.error().message);
  }
  if (!surroundings.config.page_fd) return kExitCannotServe;
  surroundings.page.MarkRefused();
  return kExitRefused;
}

}  // namespace openfc::bootstrap
