#pragma once

#include "runtime/base/mutex.h"
#include "runtime/dispatch/dispatcher.h"
#include "runtime/server/call_queue.h"

#include <cstddef>
#include <thread>
#include <vector>

namespace openfc {

/// The threads that run the function. The first one is the caller's: at a limit of one there is no
/// other, so that `signal`, `fork` and thread-local state behave in the function as under plain
/// `python3`. One more is started whenever a request leaves nobody waiting for the next, up to
/// `most`, and stays. A function that keeps its replies (async) needs no more than one.
class Slots {
 public:
  /// Both must outlive the object.
  Slots(CallQueue& queue, Dispatcher& dispatcher, std::size_t most)
      : queue_(queue), dispatcher_(dispatcher), most_(most) {}
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

  /// Blocks until the queue is closed and empty, and no thread of ours runs a function.
  void Run() EXCLUDES_LOCK(mutex_);

 private:
  void Serve() EXCLUDES_LOCK(mutex_);
  void StartThread() EXCLUDES_LOCK(mutex_);

  CallQueue& queue_;
  Dispatcher& dispatcher_;
  const std::size_t most_;
  Mutex mutex_;
  std::vector<std::jthread> threads_ GUARDED_BY(mutex_);
};

}  // namespace openfc
