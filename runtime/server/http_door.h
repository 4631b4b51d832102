#pragma once

#include "runtime/base/mutex.h"
#include "runtime/http/request.h"
#include "runtime/http/responder.h"
#include "runtime/server/call_queue.h"
#include "runtime/server/flight.h"
#include "runtime/server/routes.h"

#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace openfc {

struct HttpDoorOptions {
  std::string health_path = "/healthz";  // Empty: no request is about our health.
  bool is_health_path_set = false;       // Not: a web application's own path goes before.
  int error_status = 404;
};

/// The door of the HTTP mode: what the server's thread does with each request. Health is answered
/// here, and everything else goes to the queue, or waits until it is known what the function is.
class HttpDoor {
 public:
  /// Both must outlive the door, and the door the server that calls it.
  HttpDoor(HttpDoorOptions options, const FlightControl& control, CallQueue& queue)
      : options_(std::move(options)), control_(control), queue_(queue) {}
  HttpDoor(const HttpDoor&) = delete;
  HttpDoor& operator=(const HttpDoor&) = delete;

  /// The http::RequestHandler.
  void OnRequest(http::Request request, http::Responder responder) EXCLUDES_LOCK(mutex_);

  /// The http::BodyChoice: only a web application reads a body while it comes.
  bool StreamsBody(const http::Request& head) const;

  /// The function was loaded, or cannot be: from now on requests are routed, and we are healthy.
  /// Once; from any thread.
  void Open(RouteOptions routes) EXCLUDES_LOCK(mutex_);

  /// We are not healthy any more; requests are still taken.
  void BeginDrain() { is_draining_.store(true); }

 private:
  struct Arrival {
    http::Request request;
    http::Responder responder;
  };

  bool IsHealthCheck(const http::Request& request) const;
  http::Response HealthAnswer() const;
  bool HoldUntilOpen(Arrival& arrival) EXCLUDES_LOCK(mutex_);
  void Accept(Arrival arrival);

  const HttpDoorOptions options_;
  const FlightControl& control_;
  CallQueue& queue_;
  std::atomic<bool> is_open_ = false;
  std::atomic<bool> is_draining_ = false;
  RouteOptions routes_;  // Written before is_open_, and then never again.
  Mutex mutex_;
  std::vector<Arrival> early_ GUARDED_BY(mutex_);  // Came before it was open.
};

}  // namespace openfc
