#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/unique_fd.h"

#include <functional>

namespace openfc {

/// A door without a thread of its own: the thread that runs the function runs it too, whenever the
/// function has nothing to do there. So a request needs no thread to be woken, neither on its way
/// in nor on its way out.
class DrivenDoor {
 public:
  virtual ~DrivenDoor() = default;

  /// Serves until there is something to do for the function, until Wake(), or until `until`; what
  /// is ready by now is done in any case. Invocations that have their turn are submitted before it
  /// returns, in this thread. False: the door is over, and all that came through it is answered.
  /// Always in the same thread.
  virtual bool Drive(Deadline until) = 0;

  /// Makes Drive() return, the one under way or the next one. From any thread.
  virtual void Wake() = 0;

  /// Has `when_ready` called in Drive() when `fd` is readable; it then returns, and calls once only
  /// however long that lasts. From any thread, for as long as the door lives, or until another
  /// descriptor takes the place of this one, which is then closed.
  virtual void Watch(UniqueFd fd, std::function<void()> when_ready) = 0;
};

}  // namespace openfc
