#pragma once

#include <chrono>
#include <random>

namespace openfc {

/// The pauses between attempts: 50 ms doubling to 2 s, with full jitter, so that many instances do
/// not come back at the same moment (fc-runtime-api.md, section 9). Not thread-safe.
class Backoff {
 public:
  explicit Backoff(std::uint64_t seed = std::random_device()()) : random_(seed) {}

  /// How long to wait before the next attempt: anything between zero and the current bound.
  std::chrono::milliseconds NextDelay();

  /// The longest that NextDelay() may answer now.
  std::chrono::milliseconds bound() const { return bound_; }

  /// After a success.
  void Reset() { bound_ = kFirst; }

 private:
  static constexpr std::chrono::milliseconds kFirst{50};
  static constexpr std::chrono::milliseconds kLongest{2000};

  std::mt19937_64 random_;
  std::chrono::milliseconds bound_ = kFirst;
};

}  // namespace openfc
