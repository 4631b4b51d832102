#include "runtime/server/http_door.h"

#include "runtime/server/answers.h"

#include <memory>

namespace openfc {
namespace {

constexpr int kOk = 200;
constexpr int kBadRequest = 400;
constexpr int kUnavailable = 503;

}  // namespace

void HttpDoor::OnRequest(http::Request request, http::Responder responder) {
  if (IsHealthCheck(request)) return std::move(responder).Send(HealthAnswer());
  Arrival arrival{.request = std::move(request), .responder = std::move(responder)};
  if (!is_open_.load() && HoldUntilOpen(arrival)) return;
  Accept(std::move(arrival));
}

/// As long as it is not known what the function is, it may have no path of that name.
bool HttpDoor::IsHealthCheck(const http::Request& request) const {
  if (options_.health_path.empty() || request.path() != options_.health_path) return false;
  if (request.method() != "GET" && request.method() != "HEAD") return false;
  return options_.is_health_path_set || !is_open_.load() ||
         routes_.interface == FunctionInterface::kEvent;
}

http::Response HttpDoor::HealthAnswer() const {
  if (is_draining_.load()) return TextAnswer(kUnavailable, "draining");
  return is_open_.load() ? TextAnswer(kOk, "ok") : TextAnswer(kUnavailable, "starting");
}

bool HttpDoor::HoldUntilOpen(Arrival& arrival) {
  const MutexLock lock(mutex_);
  if (is_open_.load()) return false;
  early_.push_back(std::move(arrival));
  return true;
}

void HttpDoor::Open(RouteOptions routes) {
  std::vector<Arrival> early;
  {
    const MutexLock lock(mutex_);
    routes_ = std::move(routes);
    is_open_.store(true);
    early.swap(early_);
  }
  for (Arrival& arrival : early) Accept(std::move(arrival));
}

bool HttpDoor::StreamsBody(const http::Request& head) const {
  return is_open_.load() && routes_.interface != FunctionInterface::kEvent && !IsHealthCheck(head);
}

void HttpDoor::Accept(Arrival arrival) {
  http::Responder& responder = arrival.responder;
  const bool can_upgrade = responder.can_upgrade();
  auto routed = RouteRequest(std::move(arrival.request), routes_);
  if (!routed) return std::move(responder).Send(TextAnswer(kBadRequest, routed.error().message));
  Invocation& invocation = routed->invocation;
  if (invocation.http) invocation.http->wants_websocket = can_upgrade;
  ReplyMapping mapping = MappingOf(routed->kind, invocation.request_id, options_.error_status);
  auto flight = std::make_shared<Flight>(control_, invocation);
  flight->WatchDeadline(responder.overruler(), mapping);
  Reply reply(std::make_unique<FlightSink>(
      flight, std::make_unique<HttpReplySink>(std::move(responder), std::move(mapping))));
  queue_.Push({.invocation = std::move(invocation),
               .reply = std::move(reply),
               .flight = std::move(flight)});
}

}  // namespace openfc
