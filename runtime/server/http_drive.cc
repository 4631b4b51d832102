#include "runtime/server/http_drive.h"

#include "runtime/server/flight.h"

#include <utility>

namespace openfc {

HttpDrive::HttpDrive(http::Server& server, CallQueue& queue, Dispatcher& dispatcher)
    : server_(server), queue_(queue), dispatcher_(dispatcher) {
  queue_.TellWhenReady([&server] { server.Wake(); });
}

HttpDrive::~HttpDrive() { queue_.TellWhenReady(nullptr); }

bool HttpDrive::Drive(Deadline until) {
  (void)server_.Drive(until);
  while (const auto call = queue_.TryPop()) {
    if (!call->flight->BeginRun(Permit(queue_))) continue;
    call->flight.reset();
    dispatcher_.Submit(std::move(call->invocation), std::move(call->reply));
  }
  return !queue_.IsOver();
}

void HttpDrive::Watch(UniqueFd fd, std::function<void()> when_ready) {
  server_.Watch(std::move(fd), [&server = server_, when_ready = std::move(when_ready)] {
    when_ready();
    server.Wake();
  });
}

}  // namespace openfc
