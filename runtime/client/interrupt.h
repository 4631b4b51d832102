#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>

namespace openfc {

/// Wakes the threads that wait for the platform: out of a pause at once, out of a long poll by
/// shutting its socket down.
///
/// Trigger() is async-signal-safe and may come at any time, from any thread or signal handler.
/// Triggered once, it stays so.
class Interrupt {
 public:
  /// A place for one connection's socket, which Trigger() shuts down while a poll is out on it. Its
  /// functions belong to one thread.
  class Watch {
   public:
    /// `interrupt` must outlive the watch.
    explicit Watch(Interrupt& interrupt);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// A poll is out on `socket` (borrowed). Triggered already, the socket is shut down at once.
    void Begin(int socket) noexcept;
    void End() noexcept;

   private:
    Interrupt& interrupt_;
    const std::size_t place_;
  };

  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  void Trigger() noexcept;
  /// Readable once triggered.
  int fd() const noexcept { return event_.get(); }
  bool is_triggered() const noexcept { return is_triggered_.load(); }

  /// False when the pause was cut short.
  bool Pause(std::chrono::milliseconds length);

 private:
  static constexpr std::size_t kPlaces = 1024;  // A connection beyond them is not woken.
  static constexpr int kFree = -2;
  static constexpr int kNoSocket = -1;

  std::size_t TakePlace() noexcept;

  UniqueFd event_;  // An eventfd: readable once triggered.
  std::atomic<bool> is_triggered_{false};
  std::array<std::atomic<int>, kPlaces> sockets_;
};

}  // namespace openfc
