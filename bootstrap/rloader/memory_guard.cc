#include "bootstrap/rloader/memory_guard.h"

#include "runtime/process/proc_files.h"
#include "runtime/process/process_tree.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>

namespace openfc::bootstrap {
namespace {

constexpr std::chrono::milliseconds kShortestPause{10};
constexpr std::chrono::milliseconds kLongestPause{50};
constexpr std::int64_t kBytesPerMegabyte = 1024 * 1024;

std::optional<CgroupDirectory> DirectoryOf(const Settings& settings) {
  if (!settings.cgroup) return std::nullopt;
  return CgroupDirectory(*settings.cgroup);
}

}  // namespace

std::chrono::milliseconds PauseBetweenLooks(std::int64_t before, std::int64_t resident,
                                            std::int64_t limit, std::chrono::nanoseconds passed) {
  if (resident <= before || passed.count() <= 0) return kLongestPause;
  const auto growth = static_cast<double>(resident - before);
  const auto room = static_cast<double>(std::max<std::int64_t>(limit - resident, 0));
  const double pause_ms = room / growth * static_cast<double>(passed.count()) / 1e6 / 2;
  const auto longest = static_cast<double>(kLongestPause.count());
  return std::clamp(std::chrono::milliseconds(static_cast<int>(std::min(pause_ms, longest))),
                    kShortestPause, kLongestPause);
}

MemoryGuard::MemoryGuard(const Settings& settings)
    : cgroup_(DirectoryOf(settings)),
      watch_limit_mb_(settings.watch_limit_mb),
      named_limit_mb_(settings.limit_mb) {}

void MemoryGuard::BeginWatch() {
  oom_kills_before_ = OomKills();
  is_over_ = false;
  peak_bytes_ = 0;
  last_bytes_ = 0;
  last_look_ = std::chrono::steady_clock::now();
  next_look_ = watch_limit_mb_ ? Deadline::After(kShortestPause) : Deadline::Never();
}

bool MemoryGuard::LookAtTree() {
  if (!watch_limit_mb_) return false;
  std::int64_t resident = 0;
  for (const pid_t pid : LivingDescendants(::getpid())) {
    resident += ReadProcessMemory(pid).resident_bytes;
  }
  peak_bytes_ = std::max(peak_bytes_, resident);
  const std::int64_t limit = *watch_limit_mb_ * kBytesPerMegabyte;
  is_over_ = is_over_ || resident > limit;
  const auto now = std::chrono::steady_clock::now();
  const auto pause = PauseBetweenLooks(last_bytes_, resident, limit, now - last_look_);
  last_bytes_ = resident;
  last_look_ = now;
  next_look_ = is_over_ ? Deadline::Never() : Deadline::After(pause);
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
