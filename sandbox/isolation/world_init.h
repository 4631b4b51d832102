#pragma once

#include "runtime/base/error.h"

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace openfc::sandbox {

/// Forks the init of a world, in a PID namespace of its own. It sets the world up, says one byte to
/// the SOCK_SEQPACKET socket `link` when all is well and a sentence when it is not, and lives until
/// the other end of that is closed, or its parent ends. `link` is borrowed. By a process of one
/// thread, which is root. `read_paths`: see BuildFileView().
Expected<pid_t> ForkInit(const std::vector<std::string>& read_paths, int link);

/// The same, as a child of this process's parent.
Expected<pid_t> ForkInitForParent(const std::vector<std::string>& read_paths, int link);

/// One of them, or who does it for this process: the init is a child of this process.
using InitForker = std::function<Expected<pid_t>(const std::vector<std::string>&, int)>;

}  // namespace openfc::sandbox
