#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <atomic>
#include <chrono>

namespace openfc {

/// Wakes a thread that waits for the platform: out of a pause at once, out of a long poll by
/// shutting its socket down.
///
/// Trigger() is async-signal-safe and may come at any time, from any thread or signal handler; the
/// rest belongs to the one thread that waits. Triggered once, it stays so.
class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  void Trigger() noexcept;
  bool is_triggered() const noexcept { return is_triggered_.load(); }

  /// False when the pause was cut short.
  bool Pause(std::chrono::milliseconds length);

  /// While a poll is out on `socket` (borrowed), Trigger() shuts it down. -1: no poll is out.
  /// Triggered already, it shuts `socket` down at once.
  void Watch(int socket) noexcept;

 private:
  UniqueFd event_;  // An eventfd: readable once triggered.
  std::atomic<bool> is_triggered_{false};
  std::atomic<int> socket_{-1};
};

}  // namespace openfc
