#include "emulator/processor_share.h"

#include <algorithm>
#include <cmath>

namespace openfc::emulator {
namespace {

constexpr double kDefaultCpu = 0.35;  // fc-platform.md, section 8.2.
constexpr double kSlack = 1e-6;       // 20 times 0.05 is one.
constexpr double kMost = 1e6;         // Beyond every machine.

}  // namespace

std::size_t ProcessorsOf(double cpu) {
  const double begun = std::ceil((cpu > 0 ? cpu : kDefaultCpu) - kSlack);
  return static_cast<std::size_t>(std::clamp(begun, 1.0, kMost));
}

}  // namespace openfc::emulator
