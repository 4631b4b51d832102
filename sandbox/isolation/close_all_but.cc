#include "sandbox/isolation/close_all_but.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace openfc::sandbox {

void CloseAllBut(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  int first = 0;
  for (const int fd : kept) {
    if (fd > first) (void)::syscall(SYS_close_range, first, fd - 1, 0U);
    first = std::max(first, fd + 1);
  }
  (void)::syscall(SYS_close_range, first, ~0U, 0U);
}

}  // namespace openfc::sandbox
