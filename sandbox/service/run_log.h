#pragma once

#include "sandbox/executor/executor.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace openfc::sandbox {

/// What became of one run, for an operator: never its code, and never what it said.
struct RunRecord {
  std::string_view id;
  std::string_view dialect;
  const IsolationLevel* level = nullptr;
  const RunOutcome* outcome = nullptr;
  std::chrono::milliseconds total{0};  // From its being taken to its end: queue, run and cleanup.
};

/// The record as a line of JSON, with its end.
std::string LogLineOf(const RunRecord& record, std::chrono::system_clock::time_point now);

/// Lines on a descriptor, which is borrowed. Never waits: where nobody takes them they are dropped
/// and counted.
class RunLog {
 public:
  explicit RunLog(int fd) : fd_(fd) {}

  /// From any thread.
  void Write(const std::string& line);

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  const int fd_;
  std::atomic<std::uint64_t> dropped_ = 0;
};

}  // namespace openfc::sandbox
