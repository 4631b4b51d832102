#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace openfc {

/// One of `count` equal parts of the shared page, its rows and its receive buffers: a worker's own.
struct PagePart {
  std::size_t index = 0;
  std::size_t count = 1;
};

/// How a worker ended, as the template process has it from the kernel.
struct WorkerEnd {
  pid_t pid = 0;
  int exit_code = 0;  // Counts when `signal` is 0.
  int signal = 0;
  std::int64_t peak_memory_bytes = 0;
};

/// The part of the shared page in which a template process and rloader speak about workers. A
/// worker's place goes round:
///
///     free ── template forks ──> alive ── template reaps ──> ended ── rloader has answered ──>
///     handled
///       └──────────────────────────<────── template forks the next one
///       ──────<────────────────────┘
///
/// Lies in memory that processes share, user code's among them: what is read is bounded, and no
/// more than a hint. Every function may be called from any process; none blocks or allocates.
class WorkerTable {
 public:
  static constexpr std::size_t kMost = 256;

  // The template's side --------------------------------------------------------------------------

  /// There are workers, and so many.
  void SetCount(std::size_t count) { count_.store(static_cast<std::uint32_t>(count)); }

  /// Right before the fork of the worker that gets this place.
  void Begin(std::size_t place);

  void ReportEnd(std::size_t place, const WorkerEnd& end);
  bool IsHandled(std::size_t place) const;
  bool HasPolled(std::size_t place) const { return workers_[place].polled.load() != 0; }

  // The worker's ---------------------------------------------------------------------------------

  /// Before its first poll.
  void Enter(std::size_t place, pid_t pid) { workers_[place].pid.store(pid); }
  void MarkPolling(std::size_t place) { workers_[place].polled.store(1); }

  // rloader's ------------------------------------------------------------------------------------

  /// 0: the runtime is a single process.
  std::size_t count() const;

  /// 0: none that could be one.
  pid_t pid(std::size_t place) const;

  /// Nothing unless the worker has ended and nobody has seen to that yet.
  std::optional<WorkerEnd> FindEnd(std::size_t place) const;
  void MarkHandled(std::size_t place);

  void Reset();

 private:
  enum State : std::uint32_t { kFree = 0, kAlive = 1, kEnded = 2, kHandled = 3 };

  struct Worker {
    std::atomic<std::uint32_t> state;
    std::atomic<std::uint32_t> polled;
    std::atomic<std::int32_t> pid;
    std::atomic<std::int32_t> exit_code;
    std::atomic<std::int32_t> signal;
    std::atomic<std::int64_t> peak_memory_bytes;
  };

  std::atomic<std::uint32_t> count_;
  std::array<Worker, kMost> workers_;
};

}  // namespace openfc
