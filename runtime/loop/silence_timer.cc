#include "runtime/loop/silence_timer.h"

#include <cerrno>
#include <system_error>

namespace openfc {
namespace {

std::unique_ptr<DeadlineTimer> Create() {
  auto timer = DeadlineTimer::Create();
  if (!timer) throw std::system_error(errno, std::generic_category(), timer.error().message);
  return *std::move(timer);
}

}  // namespace

SilenceTimer::SilenceTimer() : timer_(Create()) {}

void SilenceTimer::Include(Time when) {
  if (when >= set_for_.load()) return;
  const MutexLock lock(mutex_);
  if (when >= set_for_.load()) return;
  set_for_ = when;
  timer_->Set(when);
}

void SilenceTimer::Clear() {
  const MutexLock lock(mutex_);
  set_for_ = Time::max();
  timer_->Clear();
}

}  // namespace openfc
