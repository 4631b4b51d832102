#pragma once

#include <chrono>

namespace openfc::http {

/// Whether a thread that has nothing to do should look out for a moment before it sleeps: to be
/// woken takes longer than a near client takes to ask again.
///
/// It is worth it after many short sleeps in a row, for as long as something comes in that moment.
/// Any other pace of clients costs nothing, or one moment in vain. A value; one thread's.
class Lookout {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr Clock::duration kMoment = std::chrono::microseconds(100);
  static constexpr Clock::duration kShortSleep = 2 * kMoment;
  static constexpr int kShortSleeps = 32;  // In a row.

  bool IsWorthwhile() const { return missing_ == 0; }

  void OnLooked(bool in_vain) {
    if (in_vain) missing_ = kShortSleeps;
  }

  void OnSlept(Clock::duration length) {
    if (length > kShortSleep) {
      missing_ = kShortSleeps;
    } else if (missing_ > 0) {
      --missing_;
    }
  }

 private:
  int missing_ = kShortSleeps;
};

}  // namespace openfc::http
