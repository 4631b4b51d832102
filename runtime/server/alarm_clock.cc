#include "runtime/server/alarm_clock.h"

#include <vector>

namespace openfc {

Expected<std::unique_ptr<AlarmClock>> AlarmClock::Create() {
  auto timer = DeadlineTimer::Create();
  if (!timer) return timer.error();
  return std::make_unique<AlarmClock>(*std::move(timer));
}

AlarmClock::Key AlarmClock::Set(Time when, std::function<void()> ring) {
  const MutexLock lock(mutex_);
  const Key key(when, ++made_);
  alarms_.emplace(key, std::move(ring));
  if (when < set_for_) {
    set_for_ = when;
    timer_->Set(when);
  }
  return key;
}

void AlarmClock::Cancel(const Key& key) {
  std::function<void()> dropped;  // Ends outside of the lock: what it holds may come back to us.
  const MutexLock lock(mutex_);
  const auto found = alarms_.find(key);
  if (found == alarms_.end()) return;
  dropped = std::move(found->second);
  alarms_.erase(found);
}

void AlarmClock::Ring() {
  std::vector<std::function<void()>> due;
  {
    const MutexLock lock(mutex_);
    const Time now = Time::clock::now();
    while (!alarms_.empty() && alarms_.begin()->first.first <= now) {
      due.push_back(std::move(alarms_.begin()->second));
      alarms_.erase(alarms_.begin());
    }
    set_for_ = alarms_.empty() ? Time::max() : alarms_.begin()->first.first;
    if (alarms_.empty()) {
      timer_->Clear();
    } else {
      timer_->Set(set_for_);
    }
  }
  for (const auto& ring : due) ring();
}

}  // namespace openfc
