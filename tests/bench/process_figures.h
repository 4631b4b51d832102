#pragma once

#include "tests/bench/figures.h"

#include <sys/types.h>

#include <vector>

namespace openfc::bench {

/// The processor time that all living threads of these processes have used.
Nanoseconds CpuTimeOf(const std::vector<pid_t>& processes);

/// The memory of processes together, shared pages counted by their share, in MB (2^20).
double PssMegabytesOf(const std::vector<pid_t>& processes);

/// The memory of one process that is backed by no file, in KB: what grows when something leaks, and
/// does not move when other processes map the same files. Zero: it is gone.
double AnonymousKilobytesOf(pid_t process);

}  // namespace openfc::bench
