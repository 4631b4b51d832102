#pragma once

#include "runtime/base/deadline.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace openfc::emulator {

/// Things that change in bursts, each of which counts as one change once it has been quiet for a
/// while. Times come from the caller.
class Settling {
 public:
  using Clock = Deadline::Clock;

  explicit Settling(Clock::duration quiet) : quiet_(quiet) {}

  void Touch(const std::string& name, Clock::time_point when);
  void Forget(const std::string& name) { last_touched_.erase(name); }

  /// Has been touched, and is not settled or not taken.
  bool IsPending(const std::string& name) const { return last_touched_.contains(name); }

  /// When the next one will have settled; never while nothing is pending.
  Deadline Next() const;

  /// Those that have settled, once.
  std::vector<std::string> TakeSettled(Clock::time_point now);

 private:
  const Clock::duration quiet_;
  std::map<std::string, Clock::time_point> last_touched_;
};

}  // namespace openfc::emulator
