#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <poll.h>

#include <memory>
#include <optional>

namespace openfc::bootstrap {

/// How a template process makes rloader look at the page: by a byte, whatever it is. User code has
/// the writing end, too: without an end to the bytes there is one look in a while and no more. The
/// reading end is rloader's alone, so that no read can be made to block.
class WakePipe {
 public:
  static Expected<std::unique_ptr<WakePipe>> Create();

  /// The runtime's end; it does not block a writer.
  int write_fd() const { return write_end_.get(); }

  /// What to wait for, beside NextLook(). Tell OnPolled() what came of it.
  std::optional<pollfd> Awaited() const;
  void OnPolled(short events);

  Deadline NextLook() const { return rest_.HasPassed() ? Deadline::Never() : rest_; }

 private:
  WakePipe(UniqueFd read_end, UniqueFd write_end);

  const UniqueFd read_end_;
  const UniqueFd write_end_;
  Deadline rest_ = Deadline(Deadline::Clock::time_point());  // Until then it is not heard.
};

}  // namespace openfc::bootstrap
