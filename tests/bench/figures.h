#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace openfc::bench {

using Nanoseconds = std::chrono::nanoseconds;

/// The middle of the values and their extremes.
struct Spread {
  double median = 0;
  double lowest = 0;
  double highest = 0;
};

/// Zeros when there are none.
Spread SpreadOf(std::vector<double> values);

/// The value below which `share` (0 to 1) of them lie; zero when there are none.
double Percentile(std::vector<double> values, double share);

/// What one round of invocations took.
struct Round {
  Nanoseconds elapsed{0};
  Nanoseconds cpu{0};                // Of the runtime, not of the platform.
  std::vector<double> latencies_us;  // From the event's first byte sent to its result read.
  std::size_t wrong_answers = 0;     // Errors, or results that are not the event.

  double PerSecond() const {
    return static_cast<double>(latencies_us.size()) /
           std::chrono::duration<double>(elapsed).count();
  }
};

}  // namespace openfc::bench
