#pragma once

#include "tests/bench/scenario.h"

#include <cstddef>

namespace openfc::bench {

// scenario_rates.cc
Result RunEcho1(const Options& options);
Result RunEcho16(const Options& options);
Result RunSleep100(const Options& options);
Result RunCpu(const Options& options);
Result RunPayload(const Options& options, std::size_t kilobytes, std::size_t invocations);

// scenario_starts.cc
Result RunStart(const Options& options);
Result RunMemory(const Options& options);

}  // namespace openfc::bench
