#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc {

/// A directory of a cgroup hierarchy, of version 1 or 2, that accounts memory
/// (memory.limit_in_bytes, memory.max), counts processes (pids.max), portions time out
/// (cpu.cfs_quota_us, cpu.max), or several of these. A value: it owns nothing, and the directory
/// may go away at any time; then every question is answered with nothing.
class CgroupDirectory {
 public:
  explicit CgroupDirectory(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  /// Lists the processes in it.
  std::string ProcsFile() const { return path_ + "/cgroup.procs"; }

  /// For ChildCommand::cgroup_procs_files: how a process of one thread joins. Version 1 has `tasks`
  /// for that, which takes 0.1 ms; by cgroup.procs it is 12 ms whenever the kernel has to wait for
  /// all processors first.
  std::string JoinFile() const;

  /// Whether memory is accounted here, whether processes are counted, whether time is portioned
  /// out.
  bool HasMemory() const;
  bool HasProcesses() const;
  bool HasCpu() const;

  /// Who is in it, zombies left out.
  std::vector<pid_t> Members() const;

  /// Nothing also when there is no limit.
  std::optional<std::int64_t> LimitBytes() const;

  /// The highest usage so far, page cache included; nothing where version 2 is older than
  /// Linux 5.19.
  std::optional<std::int64_t> PeakBytes() const;

  /// How many processes the kernel has killed here because of the limit.
  std::optional<std::int64_t> OomKills() const;

  /// Memory and swap together may not exceed `bytes`.
  Status SetMemoryLimit(std::int64_t bytes) const;

  /// As many processes and threads may be in it. What is there already stays; with 0 nobody forks
  /// any more.
  Status SetProcessLimit(std::int64_t count) const;

  /// All in it together get as much time as `processors` have, portioned out every 100 ms: who has
  /// used it up stands still.
  Status SetCpuQuota(double processors) const;

  /// As much as there is, at once.
  Status LiftCpuQuota() const;

  /// Kills who is in it, but for this process, without waiting; gives the pidfds of those who were
  /// still there.
  std::vector<UniqueFd> KillMembers() const;

  /// Writes one of its files.
  Status Write(const std::string& file, const std::string& text) const;

 private:
  std::string path_;
};

/// Our own place in version 1's hierarchy of a controller, or, when none is named, in version 2's,
/// from the texts of /proc/self/cgroup and /proc/self/mountinfo. Nothing when it is not mounted.
std::optional<std::string> FindCgroup(std::string_view own_cgroups, std::string_view mounts,
                                      std::string_view controller);

}  // namespace openfc
