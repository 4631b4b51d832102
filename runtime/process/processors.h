#pragma once

#include <sched.h>

#include <cstddef>
#include <vector>

namespace openfc {

/// The numbers of the processors that this thread may run on, the lowest first. None when the
/// system does not tell.
std::vector<int> AllowedProcessors();

/// Where a process is to stay.
struct ProcessorBounds {
  std::vector<int> numbers = {};  // On these; empty: on those that it has anyway.
  std::size_t most = 0;  // On so many of them, from where the kernel has put it; 0: on all.
};

/// These, as the kernel takes them.
cpu_set_t SetOf(const std::vector<int>& numbers);

/// No more than `most` of `all`: `first`, if it is one of them, and those that follow it, round and
/// round.
cpu_set_t Narrowed(const cpu_set_t& all, std::size_t most, int first);

/// Has this thread, and all that it starts, stay there, as far as the system lets it: where it does
/// not, all is as before. For the child of a fork: system calls only.
void StayOnProcessors(const ProcessorBounds& bounds);

}  // namespace openfc
