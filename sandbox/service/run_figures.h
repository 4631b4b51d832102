#pragma once

#include "runtime/base/mutex.h"
#include "sandbox/executor/executor.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace openfc::sandbox {

/// What is counted of all runs. From any thread.
class RunFigures {
 public:
  void CountEnd(const RunOutcome& outcome) EXCLUDES_LOCK(mutex_);
  /// The queue was full.
  void CountBusy() EXCLUDES_LOCK(mutex_);

  /// All figures in Prometheus's text format.
  std::string Text(const ExecutorLoad& load, const IsolationLevel& level,
                   std::uint64_t dropped_lines) const EXCLUDES_LOCK(mutex_);

 private:
  /// In seconds.
  static constexpr std::array<double, 12> kBounds = {0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                     0.25,   0.5,   1,    5,     30,   60};
  static constexpr std::size_t kEnds = 7;  // Of RunEnd.

  struct Histogram {
    std::array<std::uint64_t, kBounds.size() + 1> counts{};
    std::chrono::duration<double> sum{0};

    void Add(std::chrono::duration<double> length);
  };

  mutable Mutex mutex_;
  std::array<std::uint64_t, kEnds> ends_ GUARDED_BY(mutex_){};
  std::uint64_t busy_ GUARDED_BY(mutex_) = 0;
  std::chrono::milliseconds cpu_ GUARDED_BY(mutex_){0};
  Histogram walls_ GUARDED_BY(mutex_);
  Histogram cleanups_ GUARDED_BY(mutex_);
};

}  // namespace openfc::sandbox
