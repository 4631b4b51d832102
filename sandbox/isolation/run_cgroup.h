#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "runtime/process/tree_cgroup.h"
#include "sandbox/executor/limits.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace openfc::sandbox {

/// Of the cgroups of runs (RemoveStaleCgroups).
constexpr std::string_view kRunCgroupPrefix = "openfc-run-";

/// Our own cgroups, proven: a cgroup was made there and limited. kSystem when memory or processes
/// are not counted by any.
Expected<CgroupPlace> ProveCgroupPlace();

/// Counts and limits what one run uses; removed with this object, by when its processes must be
/// gone.
class RunCgroup {
 public:
  static Expected<std::unique_ptr<RunCgroup>> Make(const CgroupPlace& place);

  Status SetLimits(const Limits& limits);

  /// Files that a process joins by, writing `0`: -1 where there is no second one. They stay open as
  /// long as this object.
  std::array<int, 2> join_fds() const { return {joins_[0].get(), joins_[1].get()}; }

  /// How many processes the kernel has killed for want of memory.
  std::int64_t OomKills() const;
  std::optional<std::int64_t> PeakBytes() const;

 private:
  RunCgroup(int version, std::unique_ptr<TreeCgroup> tree)
      : version_(version), tree_(std::move(tree)) {}

  const int version_;
  const std::unique_ptr<TreeCgroup> tree_;
  std::array<UniqueFd, 2> joins_;
};

}  // namespace openfc::sandbox
