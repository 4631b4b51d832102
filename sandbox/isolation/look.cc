#include "sandbox/isolation/look.h"

#include "runtime/process/proc_files.h"
#include "sandbox/isolation/file_view.h"
#include "sandbox/isolation/held_use.h"
#include "sandbox/isolation/identity.h"
#include "sandbox/isolation/run_processes.h"
#include "sandbox/isolation/tree_size.h"

#include <algorithm>
#include <string>
#include <vector>

namespace openfc::sandbox {
namespace {

/// What a process takes beside what it shares, swapped out or not; of one that cannot be looked
/// into, what it has more than the process that it was forked from.
std::int64_t MemoryOf(pid_t pid, std::int64_t shared_bytes) {
  const auto rollup = ReadSmallFile("/proc/" + std::to_string(pid) + "/smaps_rollup");
  if (rollup && rollup->find("\nPss:") != std::string::npos) {
    return SizeAfter(*rollup, "\nPss:") + SizeAfter(*rollup, "\nSwapPss:");
  }
  return std::max<std::int64_t>(0, ReadProcessMemory(pid).resident_bytes - shared_bytes);
}

/// What its processes tell, which may be read by who is their user, or may read all.
Use LookAtProcesses(const Sight& sight) {
  const EyesOf eyes(MayReadOtherUsers() ? 0 : sight.user);
  std::vector<pid_t> processes =
      sight.is_in_world ? ProcessesOfUser(sight.user) : ProcessesOfGroup(sight.main);
  for (pid_t& process : processes) process = LivingThreadOf(process);
  const HeldUse held = MeasureHeld(processes, sight.is_in_world ? kViewHome : sight.folder.data(),
                                   sight.longest_file);
  Use use{.disk_bytes = held.file_bytes, .has_hidden = held.has_hidden};
  if (!sight.counts_memory) return use;
  use.memory_bytes = held.kernel_bytes;
  for (const pid_t process : processes) use.memory_bytes += MemoryOf(process, sight.shared_bytes);
  return use;
}

}  // namespace

Use LookAt(const Sight& sight) {
  Use use = LookAtProcesses(sight);
  const std::string folder = sight.folder.data();
  if (folder.empty()) return use;
  const TreeSize size = MeasureTree(folder, kMaxFiles);
  use.disk_bytes = size.files >= kMaxFiles ? INT64_MAX : use.disk_bytes + size.bytes;
  return use;
}

}  // namespace openfc::sandbox
