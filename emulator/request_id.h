#pragma once

#include <string>

namespace openfc::emulator {

/// A new request id in the shape that the platform gives them: `1-`, the Unix time in 8 hex digits,
/// 24 random ones.
std::string MakeRequestId();

/// A random UUID, for instances.
std::string MakeUuid();

}  // namespace openfc::emulator
