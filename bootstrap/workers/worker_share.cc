#include "bootstrap/workers/worker_share.h"

#include <algorithm>

namespace openfc::bootstrap {

std::size_t WorkersFor(std::size_t asked, std::size_t concurrent_limit) {
  return std::max<std::size_t>(std::min(asked, concurrent_limit), 1);
}

std::size_t ShareOf(std::size_t concurrent_limit, std::size_t place, std::size_t workers) {
  const std::size_t left_over = concurrent_limit % workers;
  return concurrent_limit / workers + (place < left_over ? 1 : 0);
}

}  // namespace openfc::bootstrap
