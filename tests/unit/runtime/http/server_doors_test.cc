#include "runtime/http/listen.h"
#include "runtime/http/server.h"
#include "tests/unit/runtime/http/server_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <memory>
#include <string>

namespace openfc::http {
namespace {

using ::testing::StartsWith;

/// A server with a further door, which answers `door`.
class DoorsTest : public ::testing::Test {
 protected:
  void Open(const ServerOptions& options = {}) {
    auto listener = Listen("127.0.0.1", 0);
    port_ = *LocalPort(*listener);
    door_ = *server_->AlsoServe(
        *std::move(listener), options,
        [](const Request&, Responder responder) { std::move(responder).Send(Text("door")); });
  }

  const std::unique_ptr<Server> server_ = StartServer(Echo);
  std::uint16_t port_ = 0;
  Server::DoorId door_ = 0;
};

TEST_F(DoorsTest, HaveAHandlerOfTheirOwn) {
  Open();
  RawClient client(port_);

  client.Send(Get("/"));

  EXPECT_EQ(client.ReadBody(), "door");
}

TEST_F(DoorsTest, SendSmallAnswersWithoutDelay) {
  auto listener = Listen("127.0.0.1", 0);
  const UniqueFd copy(::dup(listener->get()));  // What clients' sockets take it from.

  ASSERT_TRUE(server_->AlsoServe(*std::move(listener), Echo));

  int is_on = 0;
  socklen_t size = sizeof(is_on);
  ::getsockopt(copy.get(), IPPROTO_TCP, TCP_NODELAY, &is_on, &size);
  EXPECT_EQ(is_on, 1);
}

TEST_F(DoorsTest, AreNoneWhereNobodyListens) {
  EXPECT_FALSE(server_->AlsoServe(UniqueFd(::socket(AF_INET, SOCK_STREAM, 0)), Echo));
}

TEST_F(DoorsTest, HaveLimitsOfTheirOwn) {
  Open({.limits = {.max_body_bytes = 3}});
  RawClient strict(port_);
  RawClient lax(server_->port());

  strict.Send(Post("/", "four"));
  lax.Send(Post("/", "four"));

  EXPECT_THAT(strict.ReadToEnd(), StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(lax.ReadBody(), "/ four");
}

TEST_F(DoorsTest, EndTheirConnectionsWhenTheyAreRetired) {
  Open();
  RawClient client(port_);
  client.Send(Get("/"));
  ASSERT_EQ(client.ReadBody(), "door");

  server_->Retire(door_);

  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(DoorsTest, TakeNobodyWhenTheyAreRetired) {
  Open();
  server_->Retire(door_);
  RawClient other(server_->port());
  other.Send(Get("/"));
  ASSERT_EQ(other.ReadBody(), "/ ");  // The server's thread has come past the retirement.

  EXPECT_TRUE(Listen("127.0.0.1", port_));  // Nobody listens there any more.
}

TEST_F(DoorsTest, LeaveTheOthersServedWhenTheyAreRetired) {
  Open();
  RawClient client(server_->port());
  client.Send(Get("/1"));
  ASSERT_EQ(client.ReadBody(), "/1 ");

  server_->Retire(door_);

  client.Send(Get("/2"));
  EXPECT_EQ(client.ReadBody(), "/2 ");
}

TEST_F(DoorsTest, LeaveAReplyWithoutEffectThatComesAfterTheyWereRetired) {
  Desk desk;
  auto listener = Listen("127.0.0.1", 0);
  RawClient client(*LocalPort(*listener));
  const auto door = *server_->AlsoServe(*std::move(listener), desk.handler());
  client.Send(Get("/"));
  Responder late = desk.Take();

  server_->Retire(door);

  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_TRUE(late.IsHalfClosed());
  std::move(late).Send(Text("late"));
  RawClient other(server_->port());
  other.Send(Get("/"));
  EXPECT_EQ(other.ReadBody(), "/ ");
}

TEST_F(DoorsTest, AreClosedAtOnceOnTheServersThread) {
  std::promise<bool> is_free;
  Desk desk;
  const auto server = StartServer([&](const Request&, Responder responder) {
    auto listener = Listen("127.0.0.1", 0);
    const std::uint16_t port = *LocalPort(*listener);
    server_->Retire(*server_->AlsoServe(*std::move(listener), Echo));
    std::move(responder).Send(Text(std::to_string(port)));
  });
  RawClient client(server->port());

  client.Send(Get("/"));
  const auto port = static_cast<std::uint16_t>(std::stoi(client.ReadBody()));
  RawClient other(server_->port());
  other.Send(Get("/"));
  ASSERT_EQ(other.ReadBody(), "/ ");

  EXPECT_TRUE(Listen("127.0.0.1", port));
}

}  // namespace
}  // namespace openfc::http
