#include "emulator/watch/settling.h"

#include <algorithm>

namespace openfc::emulator {

void Settling::Touch(const std::string& name, Clock::time_point when) {
  auto& last = last_touched_.try_emplace(name, when).first->second;
  last = std::max(last, when);
}

Deadline Settling::Next() const {
  const auto first = std::min_element(
      last_touched_.begin(), last_touched_.end(),
      [](const auto& left, const auto& right) { return left.second < right.second; });
  return first == last_touched_.end() ? Deadline::Never() : Deadline(first->second + quiet_);
}

std::vector<std::string> Settling::TakeSettled(Clock::time_point now) {
  std::vector<std::string> settled;
  for (auto entry = last_touched_.begin(); entry != last_touched_.end();) {
    if (now - entry->second < quiet_) {
      ++entry;
      continue;
    }
    settled.push_back(entry->first);
    entry = last_touched_.erase(entry);
  }
  return settled;
}

}  // namespace openfc::emulator
