#pragma once

#include "runtime/base/mutex.h"
#include "runtime/base/unique_fd.h"
#include "runtime/invoke/invocation.h"
#include "runtime/invoke/reply.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace openfc::python {

/// A request on its way to an event loop.
struct IncomingRequest {
  std::unique_ptr<Invocation> invocation;  // Long to move. Never null.
  Reply reply;
};

/// What other threads have for an event loop: requests of a web application, and tickets, numbers
/// that the loop gave out to be woken by. They need no GIL for it. The loop is woken once for all
/// that came since it last looked: its descriptor becomes readable.
class LoopInbox {
 public:
  /// kSystem when there is no descriptor to be had.
  static Expected<std::shared_ptr<LoopInbox>> Make();
  explicit LoopInbox(UniqueFd event) : event_(std::move(event)) {}

  struct Content {
    std::vector<IncomingRequest> requests;
    std::vector<std::uint64_t> tickets;
  };

  /// From any thread; neither blocks. A request that comes when the inbox is closed is dropped:
  /// its Reply answers that there was no answer.
  void Put(IncomingRequest request) EXCLUDES_LOCK(mutex_);
  void Wake(std::uint64_t ticket) EXCLUDES_LOCK(mutex_);

  /// From now on the loop is woken by `ring` instead, called from any thread and under a lock;
  /// null: by the descriptor again. For the loop's thread alone.
  void RingBy(std::function<void()> ring) EXCLUDES_LOCK(mutex_);

  /// Whether Take() would give anything.
  bool IsRung() EXCLUDES_LOCK(mutex_);

  /// All there is. For the loop's thread alone.
  Content Take() EXCLUDES_LOCK(mutex_);

  /// The loop has ended: what is there is dropped, and what comes later too.
  void Close() EXCLUDES_LOCK(mutex_);

  int descriptor() const { return event_.get(); }

 private:
  void RingOnce() REQUIRES_LOCK(mutex_);

  const UniqueFd event_;
  Mutex mutex_;
  Content content_ GUARDED_BY(mutex_);
  bool is_rung_ GUARDED_BY(mutex_) = false;
  bool is_closed_ GUARDED_BY(mutex_) = false;
  std::function<void()> ring_ GUARDED_BY(mutex_);  // Null: the descriptor.
};

/// To be called once, from any thread: wakes the loop with `ticket`. Keeps the inbox.
std::function<void()> Waker(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket);

}  // namespace openfc::python
