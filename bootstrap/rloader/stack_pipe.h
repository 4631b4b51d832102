#pragma once

#include "bootstrap/rloader/stack_text.h"
#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <poll.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace openfc::bootstrap {

/// How Python's stacks come to rloader: a pipe whose other end the runtime has. It writes them when
/// it is asked (StacksSignal) and when it dies of a fault. User code has that end, too: what comes
/// is bounded here and checked by ParseStacks().
///
/// Waiting for an answer is a state of the poll loop: BeginWait(), then Awaited() and NextLook(),
/// until IsComplete().
class StackPipe {
 public:
  /// `patience` is how long an answer may take.
  static Expected<std::unique_ptr<StackPipe>> Create(std::chrono::milliseconds patience);

  /// The runtime's end; it does not block a writer.
  int write_fd() const { return write_end_.get(); }

  /// Drops what stands in the pipe: before each start of the runtime.
  void Clear();

  /// Right before the runtime is asked. What it wrote earlier is dropped.
  void BeginWait();
  bool IsWaiting() const { return give_up_.has_value(); }

  /// The answer is there: something came and then nothing more, or it took too long.
  bool IsComplete();

  /// What was written since Clear() or BeginWait(); the pipe is empty then, and nobody waits.
  StackDump Take();

  std::optional<pollfd> Awaited() const;
  Deadline NextLook() const;

 private:
  StackPipe(UniqueFd read_end, UniqueFd write_end, std::chrono::milliseconds patience);

  /// False when nothing came.
  bool Read();

  const UniqueFd read_end_;
  const UniqueFd write_end_;
  const std::chrono::milliseconds patience_;
  std::string text_;
  std::optional<Deadline> give_up_;  // Set: somebody waits.
  Deadline quiet_at_;                // When the answer counts as whole.
};

}  // namespace openfc::bootstrap
