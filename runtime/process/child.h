#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "runtime/process/bind_mounts.h"
#include "runtime/process/processors.h"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace openfc {

enum class ChildInput { kNull, kInherit };  // Standard input: /dev/null, or ours.

/// A descriptor of ours that the child finds under a number of its own.
struct HandedDescriptor {
  int ours = -1;  // Borrowed; stays open here.
  int theirs = -1;
};

/// What a child is started with. Nothing else of ours reaches it: every other descriptor is closed,
/// no signal is blocked, handled or ignored.
struct ChildCommand {
  std::string program = {};                   // A path; PATH is not searched.
  std::vector<std::string> arguments = {};    // Without the program's own name.
  std::vector<std::string> environment = {};  // All of it, as NAME=VALUE.
  std::string working_directory = {};         // Empty: ours.
  ChildInput input = ChildInput::kNull;
  std::optional<int> output = {};  // Standard output goes here; nothing: ours is inherited.
  std::optional<int> errors = {};  // The same for standard error.
  std::vector<HandedDescriptor> descriptors = {};
  bool has_own_group = false;  // Leads a process group, so that a terminal's Ctrl-C misses it.
  std::optional<int> death_signal = {};  // Sent to it when the thread that started it ends.
  std::vector<std::string> cgroup_procs_files = {};  // Each joined before the program runs.
  ProcessorBounds processors = {};                   // Where it stays, as far as it may.
  std::vector<BindMount> bind_mounts = {};           // Before program and directory are looked for.
};

/// How a process ended.
struct ChildEnd {
  int exit_code = 0;                   // Counts when `signal` is 0.
  int signal = 0;                      // The one that killed it; 0: it exited.
  std::int64_t peak_memory_bytes = 0;  // Resident: its own, or of the largest child that it reaped.

  /// As a shell has it: the exit code, or 128 + signal.
  int ShellCode() const { return signal == 0 ? exit_code : 128 + signal; }
};

/// A child process of ours, until it is reaped. Destroyed earlier, it is killed and reaped. Not
/// thread-safe.
class Child {
 public:
  /// `pid` is a child of this process that nobody else reaps.
  Child(pid_t pid, UniqueFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }

  /// Readable once the child has ended.
  int pidfd() const { return pidfd_.get(); }

  /// False when it has ended. Never reaches another process that has got the same number.
  bool Signal(int signal);

  /// Reaps it if it has ended, and from then on answers the same again; nothing while it lives.
  const std::optional<ChildEnd>& TryReap();

  /// Waits for the end; nothing when the deadline passes first.
  const std::optional<ChildEnd>& Await(Deadline deadline);

 private:
  const pid_t pid_;
  const UniqueFd pidfd_;
  std::optional<ChildEnd> end_;
};

/// Starts `command`. A failure of any step up to the program's start (kSystem) is a sentence that
/// names the step, and leaves no process behind.
///
/// The child begins as a fork: call this from a small process (3 ms for each 100 MB that it holds).
/// Other threads may run meanwhile, but one that opens descriptors without O_CLOEXEC is no danger
/// to this child only; other ways to start a process leak them.
Expected<std::unique_ptr<Child>> StartChild(const ChildCommand& command);

}  // namespace openfc
