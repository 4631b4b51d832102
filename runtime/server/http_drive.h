#pragma once

#include "runtime/dispatch/dispatcher.h"
#include "runtime/http/server.h"
#include "runtime/invoke/driven_door.h"
#include "runtime/server/call_queue.h"
#include "runtime/server/helm.h"
#include "runtime/server/stand_by.h"

#include <functional>
#include <memory>
#include <vector>

namespace openfc {

/// The HTTP mode's door in the hands of the thread that runs the function: takes the place of the
/// server's thread and of the Slots. Between two Drive() a second thread stands by, so that a
/// function which does not come back holds up nobody but what waits to be run by its own thread.
class HttpDrive final : public DrivenDoor {
 public:
  /// All must outlive the object, the server must have been handed over by the helm, and the helm
  /// must call back by Wake() of the server.
  HttpDrive(http::Server& server, CallQueue& queue, Dispatcher& dispatcher, Helm& helm);
  /// Nobody drives any more.
  ~HttpDrive() override;
  HttpDrive(const HttpDrive&) = delete;
  HttpDrive& operator=(const HttpDrive&) = delete;

  bool Drive(Deadline until) override;
  void Wake() override { server_.Wake(); }
  void Watch(UniqueFd fd, std::function<void()> when_ready) override;

 private:
  using Ready = std::vector<std::function<void()>>;

  void SubmitWhatHasItsTurn();

  http::Server& server_;
  CallQueue& queue_;
  Dispatcher& dispatcher_;
  Helm& helm_;
  // What was watched and is ready: whose the helm is. The server may outlive us.
  const std::shared_ptr<Ready> ready_ = std::make_shared<Ready>();
  const StandBy stand_by_;
};

}  // namespace openfc
