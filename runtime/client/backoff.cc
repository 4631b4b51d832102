#include "runtime/client/backoff.h"

#include <algorithm>

namespace openfc {

std::chrono::milliseconds Backoff::NextDelay() {
  std::uniform_int_distribution<std::chrono::milliseconds::rep> anything(0, bound_.count());
  bound_ = std::min(bound_ * 2, kLongest);
  return std::chrono::milliseconds(anything(random_));
}

}  // namespace openfc
