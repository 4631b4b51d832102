#include "runtime/http/listen.h"
#include "runtime/http/server.h"
#include "tests/unit/runtime/http/server_fixture.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;

constexpr std::string_view kUpgrade =
    "GET /socket HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

class DrainTest : public ::testing::Test {
 protected:
  explicit DrainTest(const ServerOptions& options = {})
      : server_(StartServer(desk_.handler(), options)) {}

  void Drain() {
    server_->Drain([this] { empty_.set_value(); });
  }
  void AwaitEmpty() { empty_.get_future().wait(); }

  /// Has a request in the handler's hands.
  Responder Ask(RawClient& client) {
    client.Send(Get("/"));
    return desk_.Take();
  }

  Desk desk_;
  std::promise<void> empty_;
  const std::unique_ptr<Server> server_;
};

TEST_F(DrainTest, IsOverAtOnceWhereNobodyIs) {
  Drain();
  AwaitEmpty();
}

TEST_F(DrainTest, ClosesWhatIsIdle) {
  RawClient client(server_->port());
  Responder responder = Ask(client);
  std::move(responder).Send(Text("first"));
  EXPECT_EQ(client.ReadBody(), "first");

  Drain();

  EXPECT_EQ(client.ReadToEnd(), "");
  AwaitEmpty();
}

TEST_F(DrainTest, AnswersWhatIsInFlightAndCloses) {
  RawClient client(server_->port());
  Responder responder = Ask(client);
  Drain();

  std::move(responder).Send(Text("last"));

  const std::string answer = client.ReadToEnd();
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nlast"));
  client.Close();
  AwaitEmpty();
}

TEST_F(DrainTest, WaitsForARequestThatHasBegun) {
  RawClient client(server_->port());
  std::move(Ask(client)).Send(Text("first"));
  client.ReadAnswer();
  client.Send("POST /late HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nha");
  Drain();

  client.Send("lf");
  auto call = desk_.TakeCall();
  std::move(call.responder).Send(Text(call.request.TakeBody()));

  EXPECT_THAT(client.ReadToEnd(), EndsWith("\r\n\r\nhalf"));
}

TEST_F(DrainTest, LetsABegunAnswerEnd) {
  RawClient client(server_->port());
  Responder responder = Ask(client);
  const auto writer = responder.Begin({});
  ASSERT_TRUE(writer.has_value());
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), Not(HasSubstr("close")));
  Drain();

  ASSERT_TRUE((*writer)->Write("rest").has_value());
  ASSERT_TRUE((*writer)->Finish().has_value());

  EXPECT_EQ(client.ReadToEnd(), "4\r\nrest\r\n0\r\n\r\n");
  client.Close();
  AwaitEmpty();
}

/// Clients that hold on to their connection, where nothing but the end of a drain is short.
class HeldUpDrainTest : public DrainTest {
 protected:
  HeldUpDrainTest()
      : DrainTest({.patience = {.head = 1h, .write = 1h, .goodbye = 1h, .drain = 20ms}}) {}
};

TEST_F(HeldUpDrainTest, EndsThoughAClientDoesNotCloseAfterItsAnswer) {
  RawClient client(server_->port());
  Responder responder = Ask(client);
  Drain();

  std::move(responder).Send(Text("last"));

  EXPECT_THAT(client.ReadToEnd(), EndsWith("\r\n\r\nlast"));
  AwaitEmpty();
}

TEST_F(HeldUpDrainTest, EndsThoughAClientHadNotClosedBefore) {
  RawClient client(server_->port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  std::move(desk_.Take()).Send(Text("last"));
  EXPECT_THAT(client.ReadToEnd(), EndsWith("\r\n\r\nlast"));

  Drain();

  AwaitEmpty();
}

TEST_F(HeldUpDrainTest, EndsThoughAClientDoesNotFinishItsHead) {
  RawClient client(server_->port());
  std::move(Ask(client)).Send(Text("first"));
  client.ReadAnswer();
  client.Send("GET / HT");

  Drain();

  EXPECT_THAT(client.ReadToEnd(), HasSubstr(" 408 "));
  AwaitEmpty();
}

TEST_F(HeldUpDrainTest, EndsThoughTheClientOfAWebSocketDoesNotAnswerItsClose) {
  RawClient client(server_->port());
  client.Send(kUpgrade);
  const auto socket = std::move(desk_.Take()).Upgrade({});
  ASSERT_TRUE(socket.has_value());
  client.ReadUntil("\r\n\r\n");

  Drain();

  AwaitEmpty();
}

TEST_F(HeldUpDrainTest, EndsThoughItIsBegunAgainAndAgain) {
  RawClient client(server_->port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  std::move(desk_.Take()).Send(Text("last"));
  client.ReadToEnd();

  std::atomic<bool> is_empty = false;
  while (!is_empty) server_->Drain([&is_empty] { is_empty = true; });

  server_->Stop();
}

TEST_F(HeldUpDrainTest, EndsThoughTheClientOfAWebSocketDoesNotRead) {
  RawClient client(server_->port());
  client.Send(kUpgrade);
  const auto socket = std::move(desk_.Take()).Upgrade({});
  ASSERT_TRUE(socket.has_value());
  const WebSocket::Message more_than_the_kernel_takes{.is_text = false,
                                                      .data = std::string(32'000'000, 'x')};
  ASSERT_TRUE((*socket)->TrySend(more_than_the_kernel_takes, nullptr).has_value());

  Drain();

  AwaitEmpty();
}

TEST_F(DrainTest, AcceptsNobody) {
  const std::uint16_t port = server_->port();
  Drain();
  AwaitEmpty();

  EXPECT_THROW(RawClient client(port), std::runtime_error);
}

UniqueFd ListenAnywhere() { return *Listen("127.0.0.1", 0); }

UniqueFd Twin(const UniqueFd& socket) { return UniqueFd(::dup(socket.get())); }

std::unique_ptr<Server> ServeOn(UniqueFd listener, RequestHandler handler,
                                const ServerOptions& options = {}) {
  auto server = Server::StartOn(std::move(listener), options, std::move(handler));
  if (!server) throw std::runtime_error(server.error().message);
  return *std::move(server);
}

TEST(InheritedListenerTest, IsServed) {
  UniqueFd listener = ListenAnywhere();
  ::fcntl(listener.get(), F_SETFL, 0);  // As it comes from who knows.
  const std::uint16_t port = *LocalPort(listener);

  const auto server = ServeOn(std::move(listener), Echo);

  EXPECT_EQ(server->port(), port);
  RawClient client(port);
  client.Send(Get("/here"));
  EXPECT_EQ(client.ReadBody(), "/here ");
}

TEST(InheritedListenerTest, KeepsTheClientsThatCameBeforeTheServer) {
  UniqueFd listener = ListenAnywhere();
  RawClient early(*LocalPort(listener));
  early.Send(Get("/early"));

  const auto server = ServeOn(std::move(listener), Echo);

  EXPECT_EQ(early.ReadBody(), "/early ");
}

TEST(InheritedListenerTest, IsSharedWithOtherServers) {
  const UniqueFd listener = ListenAnywhere();
  const auto saying = [](std::string word) {
    return [word](const Request&, Responder responder) { std::move(responder).Send(Text(word)); };
  };
  const auto one = ServeOn(Twin(listener), saying("one"));
  auto other = ServeOn(Twin(listener), saying("other"));
  std::promise<void> empty;

  other->Drain([&empty] { empty.set_value(); });
  empty.get_future().wait();

  for (int i = 0; i < 10; ++i) {  // Whoever is left serves all.
    RawClient client(*LocalPort(listener));
    client.Send(Get("/"));
    EXPECT_EQ(client.ReadBody(), "one");
  }
}

TEST(InheritedListenerTest, IsRefusedWhenItDoesNotListen) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);

  const auto server = Server::StartOn(std::move(writer), {}, Echo);

  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(server.error().message, EndsWith("is no socket that listens"));
}

TEST(ConnectionLimitTest, LetsTheNextWaitUntilOneHasLeft) {
  Desk desk;
  const auto server = StartServer(desk.handler(), {.max_connections = 2});
  RawClient first(server->port());
  RawClient second(server->port());
  first.Send(Get("/1"));
  second.Send(Get("/2"));
  auto first_call = desk.TakeCall();
  auto second_call = desk.TakeCall();
  RawClient third(server->port());  // Not refused: the kernel has it.
  third.Send(Get("/3"));
  std::move(second_call.responder).Send(Text("full"));
  EXPECT_EQ((first_call.request.path() == "/1" ? second : first).ReadBody(), "full");
  EXPECT_EQ(desk.waiting(), 0U);

  first.Close();
  second.Close();

  EXPECT_EQ(desk.TakeCall().request.path(), "/3");
}

}  // namespace
}  // namespace openfc::http
