#include "runtime/config/worker_count.h"

#include <sched.h>

#include <algorithm>

namespace openfc {
namespace {

constexpr long kMostWorkers = 256;

/// Those that this process may run on, which a container may have fewer of than the machine.
std::size_t UsableProcessors() {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  // Fails on a machine with more processors than the set has room for: then the most there may be.
  if (::sched_getaffinity(0, sizeof(processors), &processors) != 0) return kMostWorkers;
  return static_cast<std::size_t>(std::clamp<long>(CPU_COUNT(&processors), 1, kMostWorkers));
}

}  // namespace

Expected<std::size_t> WorkersAsked(const Environment& environment) {
  const auto text = Find(environment, "OPENFC_WORKERS");
  if (!text) return std::size_t{1};
  if (*text == "auto") return UsableProcessors();
  const auto number = FindNumber(environment, "OPENFC_WORKERS");
  if (number && *number >= 1 && *number <= kMostWorkers) return static_cast<std::size_t>(*number);
  return Error{ErrorCode::kInvalidArgument, "OPENFC_WORKERS is '" + *text +
                                                "', but must be auto or a whole number from 1 to " +
                                                std::to_string(kMostWorkers)};
}

}  // namespace openfc
