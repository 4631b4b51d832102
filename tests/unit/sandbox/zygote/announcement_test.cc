#include "sandbox/zygote/announcement.h"

#include "sandbox/wire/channel.h"
#include "sandbox/wire/messages.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace openfc::sandbox {
namespace {

TEST(AnnouncementTest, TellsTheServerWhoLeadsTheRunThoughTheForkerSaysNothing) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd server(ends[0]);
  UniqueFd zygote(ends[1]);

  const pid_t child = ::fork();
  if (child == 0) {
    Announcement{.socket = zygote.get(), .run = 7}.Make(::getpid());
    ::_exit(0);
  }
  ASSERT_GT(child, 0);
  zygote.Reset();

  Notice notice;
  ASSERT_TRUE(ReceiveMessage(server.get(), notice));
  EXPECT_EQ(notice.kind, NoticeKind::kStarted);
  EXPECT_EQ(notice.id, 7U);
  EXPECT_EQ(notice.main, child);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

TEST(AnnouncementTest, OutlivesAServerThatIsGone) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd zygote(ends[1]);
  { const UniqueFd gone(ends[0]); }

  Announcement{.socket = zygote.get(), .run = 7}.Make(::getpid());

  EXPECT_EQ(errno, EPIPE);
}

}  // namespace
}  // namespace openfc::sandbox
