#pragma once

#include "runtime/base/error.h"

#include <cstdint>
#include <vector>

namespace openfc::sandbox {

/// A seccomp filter in the kernel's form: built once, loaded by each run.
class SeccompProgram {
 public:
  explicit SeccompProgram(std::vector<std::uint64_t> instructions)
      : instructions_(std::move(instructions)) {}

  std::size_t size() const { return instructions_.size(); }

  /// From here on this process, and all that it starts, is filtered; it must have no_new_privs. 0,
  /// or the error number. One system call: it may follow a vfork.
  int Load() const;

 private:
  std::vector<std::uint64_t> instructions_;  // Each is one struct sock_filter.
};

/// The longest shared mapping without a file where memory is watched: it keeps its pages when
/// nobody maps them any more.
inline constexpr std::int64_t kLongestSharedMapping = 1LL << 20;

enum class SocketRule {
  kNone,        // No socket at all; a socketpair is none, and no descriptor travels by it.
  kNamespaced,  // Those that a network namespace walls in.
};

/// What a filter lets through, beside what none lets through: mounts, namespaces, other processes'
/// memory, keyrings, io_uring, kernel modules, the clock, and every system call that is newer than
/// this list.
struct FilterRules {
  bool may_fork = false;           // fork and exec; threads are always let through.
  bool pretends_sessions = false;  // setsid and setpgid do nothing and say that all is well.
  bool has_own_processes = false;  // A PID namespace: pidfds reach nobody else.
  bool has_own_ipc = false;        // An IPC namespace: System V's and POSIX' objects are its own.
  bool has_own_user = false;       // A user of its own: its quotas are nobody else's.
  bool is_watched = false;         // Memory is what a watch sees of it, or can bound.
  bool stays_readable = false;     // Hiding itself does nothing and says that all is well.
  SocketRule sockets = SocketRule::kNone;
};

/// kSystem when libseccomp refuses.
Expected<SeccompProgram> BuildFilter(const FilterRules& rules);

}  // namespace openfc::sandbox
