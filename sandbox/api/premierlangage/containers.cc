#include "sandbox/api/premierlangage/containers.h"

#include <utility>

namespace openfc::sandbox {

void Containers::Acquire(Taker taker) {
  std::uint64_t turn = 0;
  const Place place = TakeOrQueue(taker, turn);
  if (place == Place::kTaken) return taker(std::make_shared<Lease>(shared_from_this()));
  if (place == Place::kNone) return taker(nullptr);
  delays_.After(patience_, [self = weak_from_this(), turn] {
    if (const auto owner = self.lock()) owner->GiveUp(turn);
  });
}

Containers::Place Containers::TakeOrQueue(Taker& taker, std::uint64_t& turn) {
  const MutexLock lock(mutex_);
  if (in_use_ < count_) {
    ++in_use_;
    return Place::kTaken;
  }
  if (waiting_.size() >= queue_) return Place::kNone;
  turn = ++last_;
  waiting_.emplace(turn, std::move(taker));
  return Place::kQueued;
}

std::size_t Containers::in_use() const {
  const MutexLock lock(mutex_);
  return in_use_;
}

void Containers::GiveBack() {
  Taker next;
  {
    const MutexLock lock(mutex_);
    if (waiting_.empty()) {
      --in_use_;
      return;
    }
    next = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
  }
  next(std::make_shared<Lease>(shared_from_this()));
}

void Containers::GiveUp(std::uint64_t turn) {
  Taker taker;
  {
    const MutexLock lock(mutex_);
    const auto found = waiting_.find(turn);
    if (found == waiting_.end()) return;
    taker = std::move(found->second);
    waiting_.erase(found);
  }
  taker(nullptr);
}

}  // namespace openfc::sandbox
