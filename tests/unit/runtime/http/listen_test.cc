#include "runtime/http/listen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace openfc::http {
namespace {

using ::testing::HasSubstr;

TEST(ListenTest, LetsTheSystemChooseAPortAndTellsIt) {
  const auto socket = Listen("127.0.0.1", 0);

  ASSERT_TRUE(socket.has_value());
  const auto port = LocalPort(*socket);
  ASSERT_TRUE(port.has_value());
  EXPECT_GT(*port, 0);
}

TEST(ListenTest, ListensOnIpv6) {
  const auto socket = Listen("::1", 0);

  ASSERT_TRUE(socket.has_value());
  EXPECT_GT(*LocalPort(*socket), 0);
}

TEST(ListenTest, LetsTheSystemChooseALocalNameAndTellsIt) {
  const auto first = ListenLocally();
  const auto second = ListenLocally();

  ASSERT_TRUE(first.has_value());
  ASSERT_TRUE(second.has_value());
  EXPECT_THAT(*LocalName(*first), ::testing::MatchesRegex("@[0-9a-f]+"));
  EXPECT_NE(*LocalName(*first), *LocalName(*second));
}

TEST(ListenTest, RefusesAPortThatIsInUseInOneSentence) {
  const auto first = Listen("127.0.0.1", 0);
  ASSERT_TRUE(first.has_value());
  const std::uint16_t port = *LocalPort(*first);

  const auto second = Listen("127.0.0.1", port);

  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(second.error().message,
            "port " + std::to_string(port) +
                " of 127.0.0.1 is in use by another program: choose another port, or 0 for a free "
                "one");
}

TEST(ListenTest, RefusesANameInPlaceOfAnAddress) {
  const auto socket = Listen("localhost", 0);

  ASSERT_FALSE(socket.has_value());
  EXPECT_EQ(socket.error().message,
            "'localhost' is not an IP address: listen on one, as in 127.0.0.1");
}

TEST(ListenTest, RefusesAnAddressOfAnotherMachine) {
  const auto socket = Listen("192.0.2.1", 0);

  ASSERT_FALSE(socket.has_value());
  EXPECT_THAT(socket.error().message, HasSubstr("192.0.2.1 is not an address of this machine"));
}

TEST(ListenTest, DoesNotShareThePortWithWhoAsksForSharing) {
  const auto socket = Listen("127.0.0.1", 0);
  ASSERT_TRUE(socket.has_value());

  int is_shared = -1;
  socklen_t size = sizeof(is_shared);
  ::getsockopt(socket->get(), SOL_SOCKET, SO_REUSEPORT, &is_shared, &size);

  EXPECT_EQ(is_shared, 0);
}

}  // namespace
}  // namespace openfc::http
