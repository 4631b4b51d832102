#pragma once

#include <cstddef>

namespace openfc::bootstrap {

/// How many workers there are, of those that are asked for: each may have at least one invocation.
/// 1: no worker, the runtime serves by itself.
std::size_t WorkersFor(std::size_t asked, std::size_t concurrent_limit);

/// How many invocations at once worker `place` of `workers` may have: its part of the limit, which
/// they keep together. The first ones get what is left over.
std::size_t ShareOf(std::size_t concurrent_limit, std::size_t place, std::size_t workers);

}  // namespace openfc::bootstrap
