#include "runtime/client/poll_patience.h"

#include "runtime/base/log.h"

#include <string>

namespace openfc {
namespace {

constexpr int kRefusalsUntilGivingUp = 10;
constexpr int kLogEvery = 10;  // The first failed poll and every tenth.

}  // namespace

Expected<std::chrono::milliseconds> PollPatience::OnFailure(const Error& failure) {
  const MutexLock lock(mutex_);
  has_failed_.store(true);
  refusals_in_a_row_ = failure.code == ErrorCode::kProtocol ? refusals_in_a_row_ + 1 : 0;
  if (failures_in_a_row_++ % kLogEvery == 0) {
    LogWarn("next_failed failures_in_a_row={} cause=\"{}\"", failures_in_a_row_, failure.message);
  }
  if (refusals_in_a_row_ < kRefusalsUntilGivingUp) return backoff_.NextDelay();
  is_refused_.store(true);
  return Error{ErrorCode::kProtocol, "the platform refused " + std::to_string(refusals_in_a_row_) +
                                         " polls in a row: " + failure.message};
}

void PollPatience::Forget() {
  const MutexLock lock(mutex_);
  has_failed_.store(false);
  backoff_.Reset();
  failures_in_a_row_ = 0;
  refusals_in_a_row_ = 0;
}

}  // namespace openfc
