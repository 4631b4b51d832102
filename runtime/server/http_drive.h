#pragma once

#include "runtime/dispatch/dispatcher.h"
#include "runtime/http/server.h"
#include "runtime/invoke/driven_door.h"
#include "runtime/server/call_queue.h"

#include <functional>

namespace openfc {

/// The HTTP mode's door in the hands of the thread that runs the function: takes the place of the
/// server's thread and of the Slots.
class HttpDrive final : public DrivenDoor {
 public:
  /// All must outlive the object, and the server must have been handed over.
  HttpDrive(http::Server& server, CallQueue& queue, Dispatcher& dispatcher);
  ~HttpDrive() override;
  HttpDrive(const HttpDrive&) = delete;
  HttpDrive& operator=(const HttpDrive&) = delete;

  bool Drive(Deadline until) override;
  void Wake() override { server_.Wake(); }
  void Watch(UniqueFd fd, std::function<void()> when_ready) override;

 private:
  http::Server& server_;
  CallQueue& queue_;
  Dispatcher& dispatcher_;
};

}  // namespace openfc
