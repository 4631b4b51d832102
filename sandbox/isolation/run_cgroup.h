#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "sandbox/executor/limits.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::sandbox {

/// The folders below which cgroups of runs are made: one of version 2, or one for memory and one
/// for processes of version 1.
struct CgroupPlace {
  int version = 0;
  std::vector<std::string> parents;
};

/// Our own cgroups, from the texts of /proc/self/cgroup and /proc/self/mountinfo. kSystem when
/// memory or processes are not counted by any.
Expected<CgroupPlace> FindCgroupPlace(std::string_view own_cgroups, std::string_view mounts);

/// The same of this process, proven: a cgroup was made there and limited.
Expected<CgroupPlace> ProveCgroupPlace();

/// Counts and limits what one run uses; removed with this object, by when its processes must be
/// gone.
class RunCgroup {
 public:
  static Expected<std::unique_ptr<RunCgroup>> Make(const CgroupPlace& place);
  ~RunCgroup();
  RunCgroup(const RunCgroup&) = delete;
  RunCgroup& operator=(const RunCgroup&) = delete;

  Status SetLimits(const Limits& limits);

  /// Files that a process joins by, writing `0`: -1 where there is no second one. They stay open as
  /// long as this object.
  std::array<int, 2> join_fds() const { return {joins_[0].get(), joins_[1].get()}; }

  /// How many processes the kernel has killed for want of memory.
  std::int64_t OomKills() const;
  std::optional<std::int64_t> PeakBytes() const;

 private:
  explicit RunCgroup(int version) : version_(version) {}

  const int version_;
  std::vector<std::string> folders_;
  std::array<UniqueFd, 2> joins_;
};

/// Removes the cgroups of makers that are gone: a maker that is killed leaves its own behind.
void RemoveStaleCgroups(const CgroupPlace& place);

}  // namespace openfc::sandbox
