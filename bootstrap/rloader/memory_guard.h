#pragma once

#include "bootstrap/rloader/settings.h"
#include "runtime/base/deadline.h"
#include "runtime/process/child.h"
#include "runtime/process/memory_cgroup.h"

#include <cstdint>
#include <optional>

namespace openfc::bootstrap {

/// Knows whether the memory limit took the runtime down: by the cgroup's count of kills, or because
/// this rloader saw its tree over the limit and killed it.
class MemoryGuard {
 public:
  explicit MemoryGuard(const Settings& settings);

  /// Right before each start of the runtime.
  void BeginWatch();

  /// When LookAtTree() is due; never where the cgroup does the work.
  Deadline NextLook() const { return next_look_; }

  /// Sums the resident memory of all our descendants. True when it is over the limit: kill them.
  bool LookAtTree();

  /// The limit in MB if that is what `end` came from.
  std::optional<std::int64_t> LimitBehind(const ChildEnd& end) const;

  /// The most that was seen since BeginWatch(); 0 when nobody looks.
  std::int64_t peak_bytes() const { return peak_bytes_; }

 private:
  std::int64_t OomKills() const;

  const std::optional<CgroupDirectory> cgroup_;
  const std::optional<std::int64_t> watch_limit_mb_;
  const std::optional<std::int64_t> named_limit_mb_;
  std::int64_t oom_kills_before_ = 0;
  bool is_over_ = false;
  std::int64_t peak_bytes_ = 0;
  Deadline next_look_;
};

}  // namespace openfc::bootstrap
