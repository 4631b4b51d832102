#pragma once

#include "runtime/dispatch/dispatcher.h"
#include "runtime/server/call_queue.h"
#include "runtime/server/helm.h"

#include <chrono>
#include <functional>
#include <utility>

namespace openfc {

/// The one slot of an instance that runs one invocation at a time: the caller's thread, which runs
/// the function, as under plain `python3`, and drives the server in between. A second thread stands
/// by, to drive it while the function takes its time; see Helm.
class InlineSlot {
 public:
  /// What the slot needs of the server.
  struct Server {
    /// Serves until somebody wakes it, as the queue does when there is a call to be taken, and the
    /// helm when it calls the stand-by back.
    std::function<void()> drive;

    /// Serves what is ready, and waits for nothing.
    std::function<void()> sweep;

    /// How often it is swept while one quick function follows the other: health, deadlines and new
    /// clients do not wait for the end of the row.
    std::chrono::nanoseconds sweep_every;
  };

  /// All must outlive the object.
  InlineSlot(CallQueue& queue, Dispatcher& dispatcher, Helm& helm, Server server)
      : queue_(queue), dispatcher_(dispatcher), helm_(helm), server_(std::move(server)) {}
  InlineSlot(const InlineSlot&) = delete;
  InlineSlot& operator=(const InlineSlot&) = delete;

  /// Blocks until the queue is closed and empty; nobody drives the server then.
  void Run();

 private:
  void SweepIfDue();
  void Serve(Call& call);

  CallQueue& queue_;
  Dispatcher& dispatcher_;
  Helm& helm_;
  const Server server_;
  std::chrono::steady_clock::time_point next_sweep_;
};

}  // namespace openfc
