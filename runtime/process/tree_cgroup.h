#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "runtime/process/cgroup_directory.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace openfc {

/// Whether a tree's time is to be limited: what is not needed costs a start nothing.
enum class CpuQuota { kNone, kWanted };

/// The folders below which cgroups of trees are made: one of version 2, or of version 1 one for
/// memory and, where there are such, one for processes and one for time. The first has the memory.
struct CgroupPlace {
  int version = 0;
  std::vector<std::string> parents;
};

/// Our own cgroups, from the texts of /proc/self/cgroup and /proc/self/mountinfo. kSystem when none
/// accounts memory.
Expected<CgroupPlace> FindCgroupPlace(std::string_view own_cgroups, std::string_view mounts,
                                      CpuQuota quota = CpuQuota::kNone);

/// The same of this process. Version 2 is asked to hand its controllers down, and refuses where
/// processes live beside; what came of it is known when a cgroup is made.
Expected<CgroupPlace> FindOwnCgroupPlace(CpuQuota quota = CpuQuota::kNone);

/// What all processes of a tree may have together.
struct TreeLimits {
  std::int64_t memory_bytes = 0;
  std::int64_t processes = 1024;  // Threads count, too; fc-platform.md, section 6.
  double cpu = 0;                 // The time of so many processors; 0: as much as there is.
};

/// Accounts and limits the memory of a tree of processes, and where that can be had their number
/// and their time.
/// The tree joins by JoinFiles(). Removed with this object, by when its processes must be gone;
/// otherwise the directories stay.
class TreeCgroup {
 public:
  /// The names begin with `prefix` and our pid, for RemoveStaleCgroups(). kSystem when none can be
  /// made here: no rights, no memory controller; watch the tree's memory instead (ReadTreeMemory).
  static Expected<std::unique_ptr<TreeCgroup>> Make(const CgroupPlace& place,
                                                    std::string_view prefix);
  ~TreeCgroup();
  TreeCgroup(const TreeCgroup&) = delete;
  TreeCgroup& operator=(const TreeCgroup&) = delete;

  const CgroupDirectory& memory() const { return directories_.front(); }

  /// Null where nobody counts processes. May be the same as memory().
  const CgroupDirectory* processes() const;

  /// Null where nobody portions time out, or nobody wanted that. May be the same as the others.
  const CgroupDirectory* cpu() const;

  /// For ChildCommand::cgroup_procs_files.
  std::vector<std::string> JoinFiles() const;

  /// Time is limited where that can be had; otherwise that is no failure.
  Status SetLimits(const TreeLimits& limits) const;

  /// One round of killing who is in it, without waiting; gives the pidfds of those who were still
  /// there. Where processes are counted nobody of them forks from now on, so that another round
  /// finds nobody once these have ended; elsewhere a tree may outrun it.
  std::vector<UniqueFd> KillMembers() const;

 private:
  TreeCgroup() = default;
  const CgroupDirectory* FirstThat(bool (CgroupDirectory::*has)() const) const;

  std::vector<CgroupDirectory> directories_;  // As CgroupPlace::parents.
};

/// Removes the cgroups of makers that are gone: a maker that is killed leaves its own behind. One
/// that is in use cannot be removed anyway.
void RemoveStaleCgroups(const CgroupPlace& place, std::string_view prefix);

}  // namespace openfc
