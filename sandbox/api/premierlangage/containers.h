#pragma once

#include "runtime/base/mutex.h"
#include "sandbox/api/premierlangage/delayed_calls.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace openfc::sandbox {

/// What the original's pool of containers is here: how many requests run commands at once. Some
/// more wait their turn, for so long.
class Containers : public std::enable_shared_from_this<Containers> {
 public:
  /// One that is had; given back when it goes.
  class Lease {
   public:
    explicit Lease(std::shared_ptr<Containers> owner) : owner_(std::move(owner)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { owner_->GiveBack(); }

   private:
    const std::shared_ptr<Containers> owner_;
  };

  /// Null: none was free in time.
  using Taker = std::function<void(std::shared_ptr<Lease>)>;

  /// `delays` must outlive every request that waits.
  Containers(std::size_t count, std::size_t queue, DelayedCalls::Clock::duration patience,
             DelayedCalls& delays)
      : count_(count), queue_(queue), patience_(patience), delays_(delays) {}

  /// Calls `taker` once: at once, also when too many wait already, or from whatever thread gives
  /// one back, or when it has waited too long. It must not block.
  void Acquire(Taker taker) EXCLUDES_LOCK(mutex_);

  std::size_t count() const { return count_; }
  std::size_t in_use() const EXCLUDES_LOCK(mutex_);

 private:
  enum class Place { kTaken, kQueued, kNone };
  /// `turn` is set when it is queued.
  Place TakeOrQueue(Taker& taker, std::uint64_t& turn) EXCLUDES_LOCK(mutex_);
  void GiveBack() EXCLUDES_LOCK(mutex_);
  void GiveUp(std::uint64_t turn) EXCLUDES_LOCK(mutex_);

  const std::size_t count_;
  const std::size_t queue_;
  const DelayedCalls::Clock::duration patience_;
  DelayedCalls& delays_;
  mutable Mutex mutex_;
  std::size_t in_use_ GUARDED_BY(mutex_) = 0;
  std::uint64_t last_ GUARDED_BY(mutex_) = 0;
  std::map<std::uint64_t, Taker> waiting_ GUARDED_BY(mutex_);  // By their turn.
};

}  // namespace openfc::sandbox
