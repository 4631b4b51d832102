#include "sandbox/isolation/close_all_but.h"

#include "tests/unit/sandbox/isolation/in_child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

namespace openfc::sandbox {
namespace {

bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(CloseAllButTest, KeepsTheseAndNoOthersInWhateverOrder) {
  const int open = InChild([] {
    for (int fd = 0; fd < 64; ++fd) (void)::dup2(STDERR_FILENO, fd);
    CloseAllBut({6, -1, 3, 6, 4});
    int mask = 0;
    for (int fd = 0; fd < 64; ++fd) {
      if (IsOpen(fd)) mask |= 1 << std::min(fd, 7);
    }
    return mask;
  });

  EXPECT_EQ(open, 1 << 3 | 1 << 4 | 1 << 6);
}

TEST(CloseAllButTest, KeepsNothingWhenNothingIsToBeKept) {
  EXPECT_EQ(InChild([] {
              CloseAllBut({});
              return IsOpen(STDIN_FILENO) || IsOpen(STDERR_FILENO) ? 1 : 0;
            }),
            0);
}

}  // namespace
}  // namespace openfc::sandbox
