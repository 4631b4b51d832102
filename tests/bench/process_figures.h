#pragma once

#include "tests/bench/figures.h"

#include <sys/types.h>

#include <vector>

namespace openfc::bench {

/// The processor time that all living threads of these processes have used.
Nanoseconds CpuTimeOf(const std::vector<pid_t>& processes);

/// The memory of processes together, shared pages counted by their share, in MB (2^20).
double PssMegabytesOf(const std::vector<pid_t>& processes);

}  // namespace openfc::bench
