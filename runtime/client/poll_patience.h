#pragma once

#include "runtime/base/error.h"
#include "runtime/base/mutex.h"
#include "runtime/client/backoff.h"

#include <atomic>
#include <chrono>

namespace openfc {

/// What the failed polls of all connections come to (fc-runtime-api.md, section 9): pauses that
/// grow, a log line for the first and every tenth, the end after ten refusals in a row.
/// Thread-safe.
class PollPatience {
 public:
  /// How long to pause before the next poll. kProtocol when the platform has refused us for good;
  /// it stays so.
  Expected<std::chrono::milliseconds> OnFailure(const Error& failure) EXCLUDES_LOCK(mutex_);

  void OnSuccess() {
    if (has_failed_.load()) Forget();
  }

  /// Why there is no point in polling any more, once OnFailure() said so.
  bool is_refused() const { return is_refused_.load(); }

 private:
  void Forget() EXCLUDES_LOCK(mutex_);

  std::atomic<bool> has_failed_{false};
  std::atomic<bool> is_refused_{false};
  Mutex mutex_;
  Backoff backoff_ GUARDED_BY(mutex_);
  int failures_in_a_row_ GUARDED_BY(mutex_) = 0;
  int refusals_in_a_row_ GUARDED_BY(mutex_) = 0;
};

}  // namespace openfc
