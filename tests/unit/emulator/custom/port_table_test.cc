#include "emulator/custom/port_table.h"

#include "tests/fakes/peer.h"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

namespace openfc::emulator {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// A port that nobody listens on now.
std::uint16_t FreePort() {
  return openfc::testing::Peer([](auto& /*peer*/) {}).port();
}

bool Listens(std::uint16_t port, const NetworkNamespace* network) {
  const NetworkNamespace::Visit visit(network);
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

TEST(PortTableTest, GivesAFreePortInOurOwnNetwork) {
  PortTable table;
  const std::uint16_t port = FreePort();

  const auto lease = table.Lease(port, "f");

  ASSERT_TRUE(lease);
  EXPECT_EQ((*lease)->place().port, port);
  EXPECT_EQ((*lease)->place().network, nullptr);
}

TEST(PortTableTest, GivesItAgainOnceItWasGivenBack) {
  PortTable table(/*may_isolate=*/false);
  const std::uint16_t port = FreePort();

  EXPECT_TRUE(table.Lease(port, "f"));
  EXPECT_TRUE(table.Lease(port, "g"));
}

TEST(PortTableTest, NamesBothFunctionsWhereOneIsInTheWay) {
  PortTable table(/*may_isolate=*/false);
  const std::uint16_t port = FreePort();
  const auto lease = table.Lease(port, "one");

  const auto refused = table.Lease(port, "two");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("the port " + std::to_string(port) + " of the function two"),
                    HasSubstr("in use by the function one")));
  EXPECT_FALSE(table.CanIsolate());
}

TEST(PortTableTest, KnowsWhatIsNoneOfOurs) {
  PortTable table(/*may_isolate=*/false);
  openfc::testing::Peer other([](openfc::testing::Peer& peer) { peer.Accept(); });

  const auto refused = table.Lease(other.port(), "f");

  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("in use by another program"));
  EXPECT_TRUE(Listens(other.port(), nullptr));  // Ends the script.
}

TEST(PortTableTest, GivesATakenPortInANetworkOfItsOwn) {
  PortTable table;
  if (!table.CanIsolate()) GTEST_SKIP() << "no network namespace can be made here";
  openfc::testing::Peer other([](openfc::testing::Peer& peer) { peer.Accept(); });

  const auto lease = table.Lease(other.port(), "f");

  ASSERT_TRUE(lease);
  ASSERT_NE((*lease)->place().network, nullptr);
  EXPECT_FALSE(Listens(other.port(), (*lease)->place().network));
  EXPECT_TRUE(Listens(other.port(), nullptr));  // The visit is over.
}

TEST(PortTableTest, GivesEachANetworkOfItsOwn) {
  PortTable table;
  if (!table.CanIsolate()) GTEST_SKIP() << "no network namespace can be made here";
  const std::uint16_t port = FreePort();

  const auto first = table.Lease(port, "f");
  const auto second = table.Lease(port, "f");
  const auto third = table.Lease(port, "f");

  EXPECT_EQ((*first)->place().network, nullptr);
  EXPECT_THAT((*second)->place().network, Not(nullptr));
  EXPECT_NE((*second)->place().network, (*third)->place().network);
}

}  // namespace
}  // namespace openfc::emulator
