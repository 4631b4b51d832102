#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace openfc {

/// All figures of an instance at one moment.
struct MetricsSum {
  static constexpr std::size_t kTypes = 4;  // As x-fc-function-type.
  static constexpr std::size_t kBuckets = 16;

  std::array<std::uint64_t, kTypes> successes{};
  std::array<std::uint64_t, kTypes> failures{};
  std::map<std::string, std::uint64_t> errors;      // By errorType.
  std::array<std::uint64_t, kBuckets> durations{};  // By MetricsTable::kBounds; the last: longer.
  std::chrono::microseconds duration_total{0};
  std::int64_t waiting = 0;
  std::int64_t running = 0;
  std::uint64_t cold_starts = 0;
  std::uint64_t restarts = 0;
};

/// The counters of one process in the shared page, which outlives it. Written by any thread of that
/// process; nothing here blocks or allocates.
class ProcessMetrics {
 public:
  void AddWaiting(int change) { waiting_.fetch_add(change, std::memory_order_relaxed); }

  /// The function begins.
  void CountBegin();

  /// It has answered; `error_type` is empty for a success.
  void CountEnd(std::size_t type, std::string_view error_type, std::chrono::microseconds duration);

  /// One that was answered without the function, or by its death.
  void CountError(std::size_t type, std::string_view error_type);

  /// Before another process counts here: what went on in the last one is over.
  void BeginProcess();

  void AddTo(MetricsSum& sum) const;

 private:
  static constexpr std::size_t kErrorTypes = 16;  // What comes after them is `other`.
  static constexpr std::size_t kNameLength = 63;

  struct ErrorCount {
    std::atomic<std::uint32_t> state;  // 0 free, 1 being named, 2 named.
    std::array<char, kNameLength + 1> name;
    std::atomic<std::uint64_t> count;
  };

  void CountErrorType(std::string_view error_type);

  std::array<std::atomic<std::uint64_t>, MetricsSum::kTypes> successes_;
  std::array<std::atomic<std::uint64_t>, MetricsSum::kTypes> failures_;
  std::array<std::atomic<std::uint64_t>, MetricsSum::kBuckets> durations_;
  std::atomic<std::uint64_t> duration_us_;
  std::atomic<std::int64_t> waiting_;
  std::atomic<std::int64_t> running_;
  std::atomic<std::uint64_t> cold_starts_;
  std::atomic<std::uint32_t> has_begun_;
  std::array<ErrorCount, kErrorTypes> errors_;
  std::atomic<std::uint64_t> other_errors_;
};

/// The figures that an instance tells its operator, summed over its processes. They lie in memory
/// that user code can write: what is read is bounded, and believed no further.
class MetricsTable {
 public:
  static constexpr std::size_t kProcesses = 256;

  /// The upper bounds of all buckets but the last.
  static constexpr std::array<double, MetricsSum::kBuckets - 1> kBounds = {
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600};

  /// Of the worker in that place; 0 without workers.
  ProcessMetrics& Of(std::size_t place) { return processes_[place % kProcesses]; }

  /// What rloader counts: the ends of those that cannot any more.
  ProcessMetrics& OfRloader() { return rloader_; }

  /// A process has taken the place of one that died.
  void CountRestart() { restarts_.fetch_add(1, std::memory_order_relaxed); }

  /// Over that many workers; 0: there are none, and one process.
  MetricsSum Sum(std::size_t processes) const;

 private:
  std::atomic<std::uint64_t> restarts_;
  ProcessMetrics rloader_;
  std::array<ProcessMetrics, kProcesses> processes_;  // Takes memory only where touched.
};

}  // namespace openfc
