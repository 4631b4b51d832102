#include "bootstrap/rloader/wake_pipe.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <unistd.h>

#include <string>

namespace openfc::bootstrap {
namespace {

bool IsReadable(WakePipe& pipe) {
  auto awaited = pipe.Awaited();
  if (!awaited) return false;
  return ::poll(&*awaited, 1, 0) == 1;
}

TEST(WakePipeTest, WakesOnceForWhatCame) {
  const auto pipe = *WakePipe::Create();
  EXPECT_FALSE(IsReadable(*pipe));
  ASSERT_EQ(::write(pipe->write_fd(), "ab", 2), 2);
  EXPECT_TRUE(IsReadable(*pipe));

  pipe->OnPolled(POLLIN);

  EXPECT_FALSE(pipe->Awaited());  // It rests now, and is looked at again after that.
  EXPECT_FALSE(pipe->NextLook().IsNever());
  pollfd rested{.fd = 0, .events = 0, .revents = 0};
  ASSERT_EQ(::poll(&rested, 0, pipe->NextLook().PollTimeout()), 0);
  EXPECT_FALSE(IsReadable(*pipe));
  EXPECT_TRUE(pipe->NextLook().IsNever());
}

TEST(WakePipeTest, NeverBlocksAWriter) {
  const auto pipe = *WakePipe::Create();
  const std::string flood(1 << 20, '.');

  EXPECT_LT(::write(pipe->write_fd(), flood.data(), flood.size()),
            static_cast<ssize_t>(flood.size()));
  EXPECT_EQ(::write(pipe->write_fd(), "a", 1), -1);
}

TEST(WakePipeTest, WhateverIsDoneToTheWritingEndAReadDoesNotBlock) {
  const auto pipe = *WakePipe::Create();
  ASSERT_EQ(::fcntl(pipe->write_fd(), F_SETFL, 0), 0);

  pipe->OnPolled(POLLIN);  // Nothing to read: it would stand here for ever.

  EXPECT_FALSE(pipe->Awaited());
}

}  // namespace
}  // namespace openfc::bootstrap
