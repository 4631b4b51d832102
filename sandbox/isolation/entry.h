#pragma once

#include "sandbox/isolation/resource_limits.h"
#include "sandbox/isolation/seccomp_filter.h"

#include <sys/types.h>

#include <array>
#include <climits>
#include <optional>
#include <string_view>
#include <type_traits>

namespace openfc::sandbox {

/// The steps by which a process walls itself in, in their order.
enum class EntryStep : std::uint8_t {
  kDone,
  kSession,
  kParent,  // Ended meanwhile.
  kCgroup,
  kOomScore,
  kWorkspace,
  kNamespaces,
  kDiskSize,
  kLimits,
  kIdentity,
  kPrivileges,
  kLandlock,
  kDescriptors,
  kDirectory,
  kFilter,
  kExec,
};
std::string_view NameOf(EntryStep step);

/// What the child says of its entry. With kDone it runs untrusted code from here on.
struct EntryReport {
  EntryStep step = EntryStep::kDone;
  int error_number = 0;
};

/// What a child has written of its entry to `reader`; nothing when it closed its end without a
/// word.
std::optional<EntryReport> ReadReport(int reader);

/// Where the result of a harness is written, in the run.
inline constexpr int kResultFd = 3;

/// Everything that a process needs to wall itself in, made by the process that it was forked from.
/// It may be sent to a fork that waits: what it points to was there before the fork.
struct Entry {
  pid_t parent = 0;                     // Whose death is the child's; 0: is not looked for.
  std::array<int, 2> cgroups{-1, -1};   // Opened for joining.
  int world = -1;                       // The pidfd of a NamespaceWorld's init.
  int workspace = -1;                   // A folder that is bound over the world's home.
  std::array<char, 96> disk_options{};  // How the world's root is mounted anew.
  ResourceLimits limits;
  uid_t user = 0;  // 0: stays who it is.
  int landlock = -1;
  const SeccompProgram* filter = nullptr;          // Outlives the entry.
  std::array<char, PATH_MAX> directory{};          // Where the run begins.
  std::array<int, 4> descriptors{-1, -1, -1, -1};  // Become 0, 1, 2 and kResultFd; -1: is closed.
  bool is_readable = false;   // By its own user's processes, so that its memory can be watched.
  bool has_no_walls = false;  // Profile::kNone: limits and a session alone.
};
static_assert(std::is_trivially_copyable_v<Entry>);

/// Walls this process in, for good. `report` is the descriptor that its parent reads, which stays
/// open under the number that it has afterwards; everything else is closed. Only makes system
/// calls: it may run in a vfork's child. Signals are still blocked afterwards.
EntryReport EnterWalls(const Entry& entry, int& report);

}  // namespace openfc::sandbox
