#pragma once

#include "runtime/base/unique_fd.h"

#include <cstdint>

namespace openfc::testing {

/// A socket bound to 127.0.0.1, which refuses whoever comes until listen(2). Port 0: any free one.
/// Throws when there is none.
UniqueFd BindLocal(std::uint16_t port = 0);

/// Where a bound socket stands.
std::uint16_t PortOf(const UniqueFd& socket);

/// The next caller in the listener's backlog, non-blocking and with TCP_NODELAY; not open: nobody
/// waits.
UniqueFd AcceptNext(const UniqueFd& listener);

}  // namespace openfc::testing
