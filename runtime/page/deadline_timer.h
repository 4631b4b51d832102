#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <memory>

namespace openfc {

/// The timer that wakes rloader at a deadline: made by rloader, set by the runtime beside the
/// shared page (SharedPage::UseTimer), so that neither side needs a message for each invocation.
///
/// User code has the descriptor, too, and may set it to anything. It is only a hint to look at the
/// page: rloader never reads it, because a reader can be made to block by whoever shares it.
class DeadlineTimer {
 public:
  static Expected<std::unique_ptr<DeadlineTimer>> Create();

  /// The timer behind an inherited descriptor.
  explicit DeadlineTimer(UniqueFd fd) : fd_(std::move(fd)) {}

  /// Readable once the time has come, until the next Set() or Clear(). Close-on-exec.
  int fd() const { return fd_.get(); }

  /// In place of what it was set to. Async-signal-safe.
  void Set(Deadline::Clock::time_point when) const;

  /// Neither set nor readable any more.
  void Clear() const;

 private:
  UniqueFd fd_;
};

}  // namespace openfc
