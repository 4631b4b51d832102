#pragma once

#include "bootstrap/rloader/settings.h"
#include "runtime/base/deadline.h"
#include "runtime/process/cgroup_directory.h"
#include "runtime/process/child.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace openfc::bootstrap {

/// How long to leave a tree unwatched that holds `resident` bytes and held `before` when it was
/// last looked at, `passed` ago: half of the time in which it would be at the limit if it went on
/// like that, from 10 to 50 ms.
std::chrono::milliseconds PauseBetweenLooks(std::int64_t before, std::int64_t resident,
                                            std::int64_t limit, std::chrono::nanoseconds passed);

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

  /// A death that LimitBehind() was asked about is not that of the next.
  void NoteDeath() { oom_kills_before_ = OomKills(); }

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
  std::int64_t last_bytes_ = 0;
  std::chrono::steady_clock::time_point last_look_;
  Deadline next_look_;
};

}  // namespace openfc::bootstrap
