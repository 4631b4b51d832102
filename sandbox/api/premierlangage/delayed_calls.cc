#include "sandbox/api/premierlangage/delayed_calls.h"

#include <utility>

namespace openfc::sandbox {

DelayedCalls::DelayedCalls() : thread_([this](const std::stop_token& stop) { Run(stop); }) {}

DelayedCalls::~DelayedCalls() {
  thread_.request_stop();
  {
    const MutexLock lock(mutex_);
    changed_.NotifyAll();
  }
  thread_.join();
}

void DelayedCalls::After(Clock::duration delay, std::function<void()> call) {
  const MutexLock lock(mutex_);
  calls_.emplace(Clock::now() + delay, std::move(call));
  changed_.NotifyAll();
}

void DelayedCalls::Run(const std::stop_token& stop) {
  while (true) {
    std::function<void()> call;
    {
      const MutexLock lock(mutex_);
      if (stop.stop_requested()) return;
      if (calls_.empty()) {
        changed_.Wait(mutex_);
        continue;
      }
      const auto first = calls_.begin();
      if (first->first > Clock::now()) {
        (void)changed_.WaitUntil(mutex_, first->first);
        continue;
      }
      call = std::move(first->second);
      calls_.erase(first);
    }
    call();
  }
}

}  // namespace openfc::sandbox
