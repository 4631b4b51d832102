#include "bootstrap/rloader/restart_pace.h"

#include <algorithm>

namespace openfc::bootstrap {

std::optional<std::chrono::milliseconds> RestartPace::AfterDeath(const DeathCircumstances& death) {
  constexpr int kEarlyDeathsUntilGivingUp = 5;
  constexpr std::chrono::milliseconds kFirstPause{50};
  constexpr std::chrono::milliseconds kLongestPause{2000};
  constexpr int kDoublings = 6;
  early_deaths_ = death.has_polled ? 0 : early_deaths_ + 1;
  if (early_deaths_ >= kEarlyDeathsUntilGivingUp) return std::nullopt;
  idle_deaths_ = death.has_polled && !death.had_work ? idle_deaths_ + 1 : 0;
  if (idle_deaths_ == 0) return std::chrono::milliseconds(0);
  return std::min(kFirstPause * (1 << std::min(idle_deaths_ - 1, kDoublings)), kLongestPause);
}

}  // namespace openfc::bootstrap
