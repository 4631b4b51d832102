#include "runtime/base/unique_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <utility>

namespace openfc {
namespace {

int OpenNull() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

TEST(UniqueFdTest, ClosesItsDescriptorWhenItGoes) {
  const int fd = OpenNull();

  { const UniqueFd owner(fd); }

  EXPECT_FALSE(IsOpen(fd));
}

TEST(UniqueFdTest, HandsItsDescriptorOverWhenMoved) {
  const int fd = OpenNull();
  UniqueFd first(fd);

  const UniqueFd second(std::move(first));

  EXPECT_EQ(second.get(), fd);
  EXPECT_FALSE(first.is_open());  // NOLINT(bugprone-use-after-move): what is left is the point.
  EXPECT_TRUE(IsOpen(fd));
}

TEST(UniqueFdTest, ClosesTheOldOneWhenItTakesANewOne) {
  const int old_fd = OpenNull();
  UniqueFd owner(old_fd);

  owner = UniqueFd(OpenNull());

  EXPECT_TRUE(IsOpen(owner.get()));
  EXPECT_TRUE(owner.get() != old_fd || IsOpen(old_fd));
}

TEST(UniqueFdTest, LeavesAReleasedDescriptorOpen) {
  UniqueFd owner(OpenNull());

  const int fd = owner.Release();

  EXPECT_FALSE(owner.is_open());
  EXPECT_TRUE(IsOpen(fd));
  ::close(fd);
}

}  // namespace
}  // namespace openfc
