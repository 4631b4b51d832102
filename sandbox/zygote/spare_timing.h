#pragma once

#include "runtime/base/deadline.h"

#include <cstddef>

namespace openfc::sandbox {

/// When a zygote makes a place for a run to come. It takes a few milliseconds of both processors,
/// by which runs that end and answers on their way would be late: so it is done when there is no
/// other way, or when nothing has happened for a moment.
class SpareTiming {
 public:
  using Clock = Deadline::Clock;

  /// A run has started or ended.
  void NoteEvent(Clock::time_point now) { last_event_ = now; }

  /// No place could be made, or one is lost: not again at once, in case nothing has changed.
  void NoteFailure(Clock::time_point now);

  /// With so many that are ready.
  Deadline Next(std::size_t spares, bool has_runs) const;

 private:
  Clock::time_point last_event_;
  Clock::time_point not_before_;
};

}  // namespace openfc::sandbox
