#pragma once

#include <cstdint>

namespace openfc::testing {

/// How many established connections to 127.0.0.1:PORT have a keep-alive timer running on the side
/// that opened them, as the kernel tells it.
int CountKeepAliveTimers(std::uint16_t port);

}  // namespace openfc::testing
