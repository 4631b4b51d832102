#pragma once

#include <chrono>

namespace openfc::testing {

/// When a test gives up on something that should have happened: long enough for a sanitizer build
/// on a busy machine. Only failures take that long.
inline constexpr std::chrono::seconds kLimit{30};

}  // namespace openfc::testing
