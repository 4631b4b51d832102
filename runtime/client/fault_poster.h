#pragma once

#include "runtime/base/deadline.h"
#include "runtime/client/fault_post.h"
#include "runtime/client/platform_address.h"

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <list>
#include <utility>
#include <vector>

namespace openfc {

struct FaultPosterLimits {
  std::chrono::milliseconds post_time{10'000};  // Of each, from Post() on, its repeats included.
  std::size_t connections = 8;                  // At once; the rest waits its turn.
};

/// rloader's own connection to the platform: the faults that it answers for a runtime that cannot.
/// Each post goes over a connection of its own, so that one that hangs holds up no other; none of
/// these functions waits. Not thread-safe.
class FaultPoster {
 public:
  explicit FaultPoster(PlatformAddress address, FaultPosterLimits limits = {});
  FaultPoster(const FaultPoster&) = delete;
  FaultPoster& operator=(const FaultPoster&) = delete;

  /// Begins at the next Advance().
  void Post(FaultReport report);

  /// To be called whenever one of the awaited is ready or NextLook() has come.
  void Advance();

  void AppendAwaited(std::vector<pollfd>& entries) const;
  Deadline NextLook() const;

  /// Every post is over.
  bool IsIdle() const { return active_.empty() && waiting_.empty(); }

 private:
  const PlatformAddress address_;
  const FaultPosterLimits limits_;
  std::deque<std::pair<FaultReport, Deadline>> waiting_;
  std::list<FaultPost> active_;
};

}  // namespace openfc
