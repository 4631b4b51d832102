#pragma once

#include "sandbox/isolation/entry.h"

#include <sys/types.h>

#include <chrono>

namespace openfc::sandbox {

/// A child that is behind the walls of a run, or has said why not and ends. Its parent reaps it.
struct Entered {
  pid_t pid = -1;
  EntryReport report;
  std::chrono::nanoseconds processor_before{0};  // Used before it was the run's.
};

}  // namespace openfc::sandbox
