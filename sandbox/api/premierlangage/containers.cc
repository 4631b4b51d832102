#include "sandbox/api/premierlangage/containers.h"

#include <utility>

namespace openfc::sandbox {

void Containers::Acquire(Taker taker) {
  const auto turn = TakeOrQueue(taker);
  if (!turn) return taker(std::make_shared<Lease>(shared_from_this()));
  delays_.After(patience_, [self = weak_from_this(), turn = *turn] {
    if (const auto owner = self.lock()) owner->GiveUp(turn);
  });
}

std::optional<std::uint64_t> Containers::TakeOrQueue(Taker& taker) {
  const MutexLock lock(mutex_);
  if (in_use_ < count_) {
    ++in_use_;
    return std::nullopt;
  }
  waiting_.emplace(++last_, std::move(taker));
  return last_;
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
