#pragma once

#include "runtime/dispatch/dispatcher.h"
#include "runtime/server/call_queue.h"
#include "runtime/server/helm.h"

#include <functional>
#include <thread>

namespace openfc {

/// The one slot of an instance that runs one invocation at a time: the caller's thread, which runs
/// the function, as under plain `python3`, and drives the server in between. A second thread stands
/// by, to drive it while the function takes its time; see Helm.
class InlineSlot {
 public:
  /// `drive` serves until somebody wakes the server, which `queue` does when there is a call to be
  /// taken, and `helm` when it calls the stand-by back. All must outlive the object.
  InlineSlot(CallQueue& queue, Dispatcher& dispatcher, Helm& helm, std::function<void()> drive)
      : queue_(queue), dispatcher_(dispatcher), helm_(helm), drive_(std::move(drive)) {}
  InlineSlot(const InlineSlot&) = delete;
  InlineSlot& operator=(const InlineSlot&) = delete;

  /// Blocks until the queue is closed and empty; nobody drives the server then.
  void Run();

 private:
  std::jthread StartStandBy();
  void StandBy();
  void Serve(Call call);

  CallQueue& queue_;
  Dispatcher& dispatcher_;
  Helm& helm_;
  const std::function<void()> drive_;
};

}  // namespace openfc
