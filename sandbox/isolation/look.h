#pragma once

#include <sys/types.h>

#include <array>
#include <climits>
#include <cstdint>
#include <type_traits>

namespace openfc::sandbox {

/// What there is to be looked at of one run, where nothing but a watch keeps what it uses. May be
/// sent to another process of ours.
struct Sight {
  pid_t main = -1;
  uid_t user = 0;                 // Of its processes; 0: who we are.
  bool is_in_world = false;       // Its processes may leave their group.
  bool counts_memory = false;     // No cgroup does.
  std::int64_t shared_bytes = 0;  // Of memory, in the process that it was forked from.
  std::int64_t longest_file = 0;
  std::array<char, PATH_MAX> folder{};  // Without links; empty: none is to be measured.
};
static_assert(std::is_trivially_copyable_v<Sight>);

/// The most files that a run's folder may have, of whatever size.
inline constexpr std::int64_t kMaxFiles = 20'000;

struct Use {
  std::int64_t memory_bytes = 0;
  std::int64_t disk_bytes = 0;  // INT64_MAX: of more files than it may have.
  bool has_hidden = false;      // A process that could not be looked into.
};

/// Looks, with the rights of this process. A run can make it take as long as the run lives: the
/// kernel lets nobody see a process's mappings while that changes them.
Use LookAt(const Sight& sight);

}  // namespace openfc::sandbox
