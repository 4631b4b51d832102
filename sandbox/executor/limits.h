#pragma once

#include "runtime/base/error.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace openfc::sandbox {

/// What one run may use. The defaults are for a snippet; a dialect has its own, and an operator
/// caps (CheckLimits).
struct Limits {
  std::chrono::milliseconds wall{10'000};
  std::chrono::milliseconds cpu{10'000};    // Of each process; of others than the first in seconds.
  std::int64_t memory_bytes = 256LL << 20;  // Of all processes together.
  std::int64_t processes = 64;              // Threads count.
  std::int64_t open_files = 256;            // Of each process.
  std::int64_t file_bytes = 64LL << 20;     // The longest file.
  std::int64_t disk_bytes = 128LL << 20;    // Of all files that are left.
  std::int64_t output_bytes = 1LL << 20;    // That are kept, of standard output and error each.
  std::int64_t result_bytes = 16LL << 20;   // That are kept of what a harness reports.

  friend bool operator==(const Limits&, const Limits&) = default;
};

/// The most that any run may have, whoever asks for it.
Limits WidestLimits();

/// What an operator has said of runs' limits; of the others a service knows what is usual.
struct LimitChoice {
  std::optional<std::int64_t> memory_bytes = {};
  std::optional<std::int64_t> processes = {};
  std::optional<std::int64_t> open_files = {};
  std::optional<std::int64_t> file_bytes = {};
  std::optional<std::int64_t> disk_bytes = {};
  std::optional<std::int64_t> output_bytes = {};

  /// `usual` with what was said.
  Limits Over(Limits usual) const;
};

/// kInvalidArgument, with the limit's name, for the first of `asked` that is not above zero or is
/// above the one in `caps`.
Status CheckLimits(const Limits& asked, const Limits& caps);

}  // namespace openfc::sandbox
