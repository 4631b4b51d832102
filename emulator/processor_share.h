#pragma once

#include <cstddef>

namespace openfc::emulator {

/// How many processors an instance runs on, with a share of `cpu` of them: as many as that begins,
/// as on the platform. 0: the platform's default.
std::size_t ProcessorsOf(double cpu);

}  // namespace openfc::emulator
