#pragma once

#include <sys/types.h>

#include <chrono>

namespace openfc::sandbox {

/// What a process has used of processors, its threads together; 0 of one that is not there.
std::chrono::nanoseconds ProcessorTimeOf(pid_t pid);

}  // namespace openfc::sandbox
