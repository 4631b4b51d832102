#include "bootstrap/rloader/memory_guard.h"

#include "runtime/process/proc_files.h"
#include "runtime/process/process_tree.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>

namespace openfc::bootstrap {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{50};
constexpr std::int64_t kBytesPerMegabyte = 1024 * 1024;

std::optional<CgroupDirectory> DirectoryOf(const Settings& settings) {
  if (!settings.cgroup) return std::nullopt;
  return CgroupDirectory(*settings.cgroup);
}

}  // namespace

MemoryGuard::MemoryGuard(const Settings& settings)
    : cgroup_(DirectoryOf(settings)),
      watch_limit_mb_(settings.watch_limit_mb),
      named_limit_mb_(settings.limit_mb) {}

void MemoryGuard::BeginWatch() {
  oom_kills_before_ = OomKills();
  is_over_ = false;
  peak_bytes_ = 0;
  next_look_ = watch_limit_mb_ ? Deadline::After(kBetweenLooks) : Deadline::Never();
}

bool MemoryGuard::LookAtTree() {
  if (!watch_limit_mb_) return false;
  std::int64_t resident = 0;
  for (const pid_t pid : LivingDescendants(::getpid())) {
    resident += ReadProcessMemory(pid).resident_bytes;
  }
  peak_bytes_ = std::max(peak_bytes_, resident);
  is_over_ = is_over_ || resident > *watch_limit_mb_ * kBytesPerMegabyte;
  next_look_ = is_over_ ? Deadline::Never() : Deadline::After(kBetweenLooks);
  return is_over_;
}

std::optional<std::int64_t> MemoryGuard::LimitBehind(const ChildEnd& end) const {
  if (is_over_) return named_limit_mb_.value_or(*watch_limit_mb_);
  if (end.signal != SIGKILL || OomKills() <= oom_kills_before_) return std::nullopt;
  if (named_limit_mb_) return named_limit_mb_;
  return cgroup_->LimitBytes().value_or(0) / kBytesPerMegabyte;
}

std::int64_t MemoryGuard::OomKills() const { return cgroup_ ? cgroup_->OomKills().value_or(0) : 0; }

}  // namespace openfc::bootstrap
