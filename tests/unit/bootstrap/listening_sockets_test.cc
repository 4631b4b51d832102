#include "bootstrap/rloader/listening_sockets.h"

#include "runtime/http/listen.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

namespace openfc::bootstrap {
namespace {

using ::testing::HasSubstr;

Settings HttpSettings(std::uint16_t port, std::optional<std::uint16_t> metrics = {}) {
  Settings settings;
  settings.mode.is_http = true;
  settings.http.port = port;
  settings.http.metrics_port = metrics;
  return settings;
}

bool IsListening(int fd) {
  int listens = 0;
  socklen_t size = sizeof(listens);
  return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens == 1;
}

TEST(ListeningSocketsTest, AreNoneWhereARuntimeApiIsPolled) {
  const auto sockets = ListeningSockets::Open(Settings());

  ASSERT_TRUE(sockets);
  EXPECT_EQ(sockets->listen_fd(), -1);
  EXPECT_EQ(sockets->metrics_fd(), -1);
}

TEST(ListeningSocketsTest, ListenForRequestsAndForMetricsWhereTheyAreWanted) {
  const auto sockets = ListeningSockets::Open(HttpSettings(0, 0));

  ASSERT_TRUE(sockets);
  EXPECT_TRUE(IsListening(sockets->listen_fd()));
  EXPECT_TRUE(IsListening(sockets->metrics_fd()));
  EXPECT_EQ(ListeningSockets::Open(HttpSettings(0))->metrics_fd(), -1);
}

TEST(ListeningSocketsTest, AreRefusedAPortThatIsInUse) {
  const UniqueFd other = http::Listen("0.0.0.0", 0).value();

  const auto sockets = ListeningSockets::Open(HttpSettings(http::LocalPort(other).value()));

  ASSERT_FALSE(sockets);
  EXPECT_EQ(sockets.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(sockets.error().message, HasSubstr("is in use by another program"));
}

TEST(ListeningSocketsTest, GivePortsBackWhenTheyClose) {
  auto sockets = ListeningSockets::Open(HttpSettings(0));
  ASSERT_TRUE(sockets);
  const auto port = http::LocalPort(UniqueFd(::dup(sockets->listen_fd()))).value();

  sockets->Close();

  EXPECT_EQ(sockets->listen_fd(), -1);
  EXPECT_TRUE(ListeningSockets::Open(HttpSettings(port)));
}

}  // namespace
}  // namespace openfc::bootstrap
