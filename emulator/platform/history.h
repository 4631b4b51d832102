#pragma once

#include "emulator/platform/call.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace openfc::emulator {

/// One call that is over.
struct CallRecord {
  std::uint64_t sequence = 0;  // From 1, in the order of their ends.
  std::string request_id;
  std::string function;
  std::string instance_id;
  CallKind kind = CallKind::kSync;
  std::chrono::system_clock::time_point accepted;
  std::chrono::microseconds duration{0};
  bool is_ok = false;
  std::string error_type;  // Empty when it is OK.
  bool was_cold_start = false;
};

/// The latest calls of a platform.
class History {
 public:
  explicit History(std::size_t most = 1000) : most_(most) {}

  void Add(const std::string& function, const Call& call, const CallResult& result);

  std::uint64_t last_sequence() const { return next_ - 1; }

  /// Those after `sequence`, the oldest first; of one function, or all (empty).
  std::vector<CallRecord> After(std::uint64_t sequence, const std::string& function) const;

  /// Has `tell` called once, when the next call is added.
  void WhenAdded(std::function<void()> tell) { waiting_.push_back(std::move(tell)); }

 private:
  const std::size_t most_;
  std::uint64_t next_ = 1;
  std::deque<CallRecord> records_;
  std::vector<std::function<void()>> waiting_;
};

/// `sync`, `async`, `http`, `timer`.
std::string NameOf(CallKind kind);

}  // namespace openfc::emulator
