#pragma once

#include "runtime/base/mutex.h"
#include "runtime/http/gate.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>
#include <utility>

namespace openfc {

/// Who moves the server on where one thread both does that and runs the function: no hand-over
/// stands between a request, the function and the answer then.
///
/// The helm is that thread's, the main one. While it runs a function it offers the helm to a second
/// thread, the stand-by, which takes it as soon as the function takes its time, so that a function
/// that waits or computes holds up nobody but the next one. Then the main thread has it back.
///
/// How the stand-by knows: while functions run, it looks on every now and then, and takes the helm
/// when it finds the same function that it saw last. Nobody tells it that a function has begun,
/// unless it rests, as it does once nothing ran for that long: a wake-up for each request would
/// cost more than the helm saves, and idle nothing may tick.
class Helm final : public http::Gate {
 public:
  /// The calling thread is the main one. `patience` is how often the stand-by looks, and
  /// `call_back` makes it come to give the helm back: called without a lock.
  Helm(std::chrono::nanoseconds patience, std::function<void()> call_back)
      : patience_(patience), call_back_(std::move(call_back)) {}
  Helm(const Helm&) = delete;
  Helm& operator=(const Helm&) = delete;

  // The main thread:

  /// It begins to run a function.
  void Offer() EXCLUDES_LOCK(mutex_);
  /// The function is done: the helm is the main thread's again. Where the stand-by has it, it is
  /// called back, also while more functions are to run: they may be quick ones. True: it had it.
  bool Retake() EXCLUDES_LOCK(mutex_);
  /// The stand-by ends.
  void End() EXCLUDES_LOCK(mutex_);

  // Any thread:

  /// There is something that cannot wait: where the helm is on offer, the stand-by has it from here
  /// on. Also for the function itself, before it waits for what only the server can bring.
  void Hurry() EXCLUDES_LOCK(mutex_);
  /// In the main thread, while the helm is on offer: nobody takes it before Leave().
  bool TryEnter() override EXCLUDES_LOCK(mutex_);
  void Leave() override EXCLUDES_LOCK(mutex_);
  void CallDriver() override { Hurry(); }

  // The stand-by:

  /// Waits until it has the helm; false: it ends.
  bool Await() EXCLUDES_LOCK(mutex_);
  /// To be asked whenever it was called back.
  bool IsWanted() EXCLUDES_LOCK(mutex_);
  void GiveBack() EXCLUDES_LOCK(mutex_);

 private:
  enum class Holder {
    kMain,
    kOffered,
    kEntered,  // The main thread's for a moment, then on offer again.
    kStandBy,
  };

  void HandToStandBy() REQUIRES_LOCK(mutex_);
  void LookOn() REQUIRES_LOCK(mutex_);

  const std::chrono::nanoseconds patience_;
  const std::function<void()> call_back_;
  const std::thread::id main_ = std::this_thread::get_id();
  Mutex mutex_;
  CondVar for_stand_by_;
  CondVar for_main_;
  Holder holder_ GUARDED_BY(mutex_) = Holder::kMain;
  std::uint64_t turn_ GUARDED_BY(mutex_) = 0;  // Counts the functions.
  std::uint64_t seen_ GUARDED_BY(mutex_) = 0;  // Which one the stand-by saw last.
  bool rests_ GUARDED_BY(mutex_) = false;
  bool is_hurried_ GUARDED_BY(mutex_) = false;  // While it was entered.
  bool is_wanted_ GUARDED_BY(mutex_) = false;
  bool is_over_ GUARDED_BY(mutex_) = false;
};

}  // namespace openfc
