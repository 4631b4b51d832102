#pragma once

#include <algorithm>
#include <chrono>

namespace openfc {

/// A point on the steady clock until which something may take: made once, where the work enters,
/// and passed down unchanged. The default never comes.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  Deadline() = default;
  explicit Deadline(Clock::time_point when) : when_(when) {}

  static Deadline Never() { return Deadline(); }
  /// `length` from now; a length that the clock cannot count to never comes.
  static Deadline After(Clock::duration length) {
    const auto now = Clock::now();
    return length > Clock::time_point::max() - now ? Never() : Deadline(now + length);
  }

  bool IsNever() const { return when_ == Clock::time_point::max(); }
  bool HasPassed() const { return !IsNever() && Clock::now() >= when_; }
  Clock::time_point when() const { return when_; }

  /// Never negative; Clock::duration::max() when the deadline never comes.
  Clock::duration Remaining() const {
    if (IsNever()) return Clock::duration::max();
    return std::max(when_ - Clock::now(), Clock::duration::zero());
  }

  /// For poll(2): whole milliseconds, rounded up, so that a wait never ends before the deadline;
  /// -1 when the deadline never comes.
  int PollTimeout() const {
    if (IsNever()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(Remaining()).count();
    return static_cast<int>(std::min<decltype(left)>(left, 1 << 30));
  }

  // NOLINTNEXTLINE(modernize-use-nullptr): the check of release 14 misreads this operator.
  friend auto operator<=>(const Deadline&, const Deadline&) = default;

 private:
  Clock::time_point when_ = Clock::time_point::max();
};

}  // namespace openfc
