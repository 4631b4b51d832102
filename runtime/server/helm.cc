#include "runtime/server/helm.h"

namespace openfc {

void Helm::Offer() {
  {
    const MutexLock lock(mutex_);
    ++turn_;
    holder_ = Holder::kOffered;
    if (!rests_) return;
    rests_ = false;
  }
  for_stand_by_.NotifyOne();
}

bool Helm::Retake() {
  {
    const MutexLock lock(mutex_);
    if (holder_ == Holder::kOffered) holder_ = Holder::kMain;
    if (holder_ == Holder::kMain) return false;
    is_wanted_ = true;
  }
  call_back_();
  const MutexLock lock(mutex_);
  while (is_wanted_) for_main_.Wait(mutex_);
  return true;
}

void Helm::End() {
  {
    const MutexLock lock(mutex_);
    is_over_ = true;
  }
  for_stand_by_.NotifyOne();
}

void Helm::Hurry() {
  const MutexLock lock(mutex_);
  if (holder_ == Holder::kOffered) HandToStandBy();
  if (holder_ == Holder::kEntered) is_hurried_ = true;
}

bool Helm::TryEnter() {
  if (std::this_thread::get_id() != main_) return false;
  const MutexLock lock(mutex_);
  if (holder_ != Holder::kOffered) return false;
  holder_ = Holder::kEntered;
  return true;
}

void Helm::Leave() {
  const MutexLock lock(mutex_);
  holder_ = Holder::kOffered;
  if (std::exchange(is_hurried_, false)) HandToStandBy();
}

void Helm::HandToStandBy() {
  holder_ = Holder::kStandBy;
  rests_ = false;
  for_stand_by_.NotifyOne();
}

bool Helm::Await() {
  const MutexLock lock(mutex_);
  while (!is_over_ && holder_ != Holder::kStandBy) LookOn();
  return !is_over_;
}

void Helm::LookOn() {
  if (turn_ == seen_ && holder_ == Holder::kMain) {
    rests_ = true;
    while (rests_ && !is_over_) for_stand_by_.Wait(mutex_);
    return;
  }
  seen_ = turn_;
  const auto until = std::chrono::steady_clock::now() + patience_;
  while (for_stand_by_.WaitUntil(mutex_, until)) {
    if (is_over_ || holder_ == Holder::kStandBy) return;
  }
  if (holder_ == Holder::kOffered && turn_ == seen_) holder_ = Holder::kStandBy;
}

bool Helm::IsWanted() {
  const MutexLock lock(mutex_);
  return is_wanted_;
}

void Helm::GiveBack() {
  {
    const MutexLock lock(mutex_);
    holder_ = Holder::kMain;
    is_wanted_ = false;
  }
  for_main_.NotifyOne();
}

}  // namespace openfc
