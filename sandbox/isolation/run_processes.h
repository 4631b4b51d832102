#pragma once

#include <sys/types.h>

#include <vector>

namespace openfc::sandbox {

/// The processes of a run that nobody leaves its group in.
std::vector<pid_t> ProcessesOfGroup(pid_t group);

/// Of one that has a user of its own, wherever they went.
std::vector<pid_t> ProcessesOfUser(uid_t user);

/// A thread of the process that still has its memory and its descriptors, as /proc names it: where
/// the first one has ended, its own name shows neither.
pid_t LivingThreadOf(pid_t process);

}  // namespace openfc::sandbox
