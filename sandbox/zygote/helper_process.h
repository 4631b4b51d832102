#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <functional>

namespace openfc::sandbox {

/// Forks a small process that serves this one over a SOCK_SEQPACKET socket, whose other end is
/// returned: before this one grows, and by a process of one thread. `serve` gets its end, and
/// returns when the helper is to end; it ends with this process in any case. `name` is its own for
/// who lists processes.
Expected<UniqueFd> ForkHelper(const char* name, const std::function<void(int socket)>& serve);

}  // namespace openfc::sandbox
