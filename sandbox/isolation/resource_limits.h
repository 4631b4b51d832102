#pragma once

#include "sandbox/executor/limits.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace openfc::sandbox {

/// The kernel's limits of each process, ready to be set after a fork.
struct ResourceLimits {
  struct One {
    int resource = 0;
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
  };
  std::array<One, 11> all{};
  std::size_t count = 0;
};

/// Those of `limits`. `process_count` are the processes that the run's user may have, the server's
/// own among them where they share the user; nothing: not limited (a cgroup counts, or it is root,
/// whom the kernel does not count). `address_bytes`: nothing where a cgroup counts memory.
ResourceLimits ResourceLimitsOf(const Limits& limits, std::optional<std::int64_t> process_count,
                                std::optional<std::int64_t> address_bytes);

/// Sets them for this process. 0, or the error number. System calls alone: it may follow a vfork.
int SetResourceLimits(const ResourceLimits& limits);

}  // namespace openfc::sandbox
