#include "sandbox/service/workers.h"

#include <utility>

namespace openfc::sandbox {

Workers::Workers(std::size_t count) {
  threads_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { Work(); });
}

void Workers::Post(std::function<void()> task) {
  const MutexLock lock(mutex_);
  if (is_over_) return;
  tasks_.push_back(std::move(task));
  changed_.NotifyOne();
}

void Workers::Finish() {
  {
    const MutexLock lock(mutex_);
    is_over_ = true;
    changed_.NotifyAll();
  }
  threads_.clear();
}

void Workers::Work() {
  while (auto task = Take()) task();
}

std::function<void()> Workers::Take() {
  const MutexLock lock(mutex_);
  while (tasks_.empty() && !is_over_) changed_.Wait(mutex_);
  if (tasks_.empty()) return nullptr;
  auto task = std::move(tasks_.front());
  tasks_.pop_front();
  return task;
}

}  // namespace openfc::sandbox
