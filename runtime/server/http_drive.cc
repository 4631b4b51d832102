#include "runtime/server/http_drive.h"

#include "runtime/server/flight.h"

#include <utility>

namespace openfc {

HttpDrive::HttpDrive(http::Server& server, CallQueue& queue, Dispatcher& dispatcher, Helm& helm)
    : server_(server),
      queue_(queue),
      dispatcher_(dispatcher),
      helm_(helm),
      stand_by_(helm, [&server] { server.DriveToWake(); }) {
  queue_.TellWhenReady([&server] { server.Wake(); });
  helm_.Offer();
}

HttpDrive::~HttpDrive() {
  queue_.TellWhenReady(nullptr);
  helm_.Retake();
}

bool HttpDrive::Drive(Deadline until) {
  if (helm_.Retake()) server_.Wake();  // What woke the stand-by may have been meant for us.
  (void)server_.Drive(until);
  const Ready ready = std::exchange(*ready_, {});
  helm_.Offer();
  for (const auto& when_ready : ready) when_ready();
  SubmitWhatHasItsTurn();
  return !queue_.IsOver();
}

/// Some of it may be run at once: hooks are.
void HttpDrive::SubmitWhatHasItsTurn() {
  while (const auto call = queue_.TryPop()) {
    if (!call->flight->BeginRun(Permit(queue_))) continue;
    call->flight.reset();
    dispatcher_.Submit(std::move(call->invocation), std::move(call->reply));
  }
}

void HttpDrive::Watch(UniqueFd fd, std::function<void()> when_ready) {
  server_.WatchInDrive(std::move(fd),
                       [&server = server_, ready = ready_, when_ready = std::move(when_ready)] {
                         ready->push_back(when_ready);
                         server.Wake();
                       });
}

}  // namespace openfc
