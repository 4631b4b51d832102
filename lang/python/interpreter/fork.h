#pragma once

#include "runtime/base/error.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace openfc::python {

/// What a process holds that does not survive a fork, or is shared by it unawares: threads other
/// than the calling one, by their names, and sockets, by what /proc calls them.
struct ForkHazards {
  std::vector<std::string> threads;  // `python3`, `worker-1`; a name as the kernel has it.
  std::vector<std::string> sockets;  // `fd 5 (socket:[1234])`.
};

/// Of this process now. `known_fds` are left out: the caller's own.
ForkHazards FindForkHazards(const std::vector<int>& known_fds = {});

/// Collects garbage and moves what is left out of the collector's sight (gc.freeze()), so that
/// children that fork later share its memory: a collection would write to every object. Needs the
/// GIL. kSystem when Python refuses.
Status PrepareFork();

/// fork(2) as os.fork() does it: Python's hooks before and after it run, os.register_at_fork()'s
/// among them, which also reseed `random`. Called with the GIL held, which both processes hold on
/// return, in the interpreter's own thread. 0 in the child; kSystem when there is none.
Expected<pid_t> Fork();

}  // namespace openfc::python
