#include "sandbox/zygote/spare_timing.h"

#include <algorithm>
#include <chrono>

namespace openfc::sandbox {
namespace {

constexpr std::size_t kSpares = 2;
constexpr std::chrono::milliseconds kQuiet{1};
constexpr std::chrono::milliseconds kQuietBesideRuns{20};  // Most that end soon have ended.
constexpr std::chrono::seconds kAfterFailure{1};

}  // namespace

void SpareTiming::NoteFailure(Clock::time_point now) { not_before_ = now + kAfterFailure; }

Deadline SpareTiming::Next(std::size_t spares, bool has_runs) const {
  if (spares >= kSpares) return Deadline::Never();
  auto next = last_event_;
  if (spares > 0) next += has_runs ? kQuietBesideRuns : kQuiet;
  return Deadline(std::max(next, not_before_));
}

}  // namespace openfc::sandbox
