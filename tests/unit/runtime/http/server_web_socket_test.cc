#include "runtime/http/server.h"
#include "runtime/http/web_socket_frames.h"
#include "runtime/http/web_socket_handshake.h"
#include "runtime/http/web_socket_pipe.h"
#include "tests/unit/runtime/http/client_frame.h"
#include "tests/unit/runtime/http/ready.h"
#include "tests/unit/runtime/http/server_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>

namespace openfc::http {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kUpgrade =
    "GET /chat HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: chat, other\r\n\r\n";

std::string ServerFrame(Opcode opcode, std::string_view payload) {
  std::string frame;
  AppendFrame(opcode, payload, frame);
  return frame;
}

std::string CloseFrame(int code, std::string_view reason = "") {
  return ServerFrame(Opcode::kClose, ClosePayload(code, reason));
}

std::string ClientClose(int code, std::string_view reason = "") {
  return ClientFrame(Opcode::kClose, ClosePayload(code, reason));
}

/// Blocks for the next message: its data, or "<code reason>".
std::string Receive(WebSocket& socket) {
  Ready ready;
  auto received = socket.TryReceive(ready.callback());
  if (!received) {
    ready.Await();
    received = socket.TryReceive(nullptr);
  }
  if (const auto* const closed = std::get_if<WebSocket::Closed>(&*received)) {
    return "<" + std::to_string(closed->code) + " " + closed->reason + ">";
  }
  return std::get<WebSocket::Message>(*received).data;
}

/// That the socket is closed is known to the server's thread first.
ErrorCode SendUntilRefused(WebSocket& socket) {
  auto sent = socket.TrySend({.data = "more"}, nullptr);
  while (sent) sent = socket.TrySend({.data = "more"}, nullptr);
  return sent.error().code;
}

class WebSocketTest : public ::testing::Test {
 protected:
  std::unique_ptr<WebSocket> Upgrade(RawClient& client, HeaderList headers = {},
                                     std::string_view ahead = "") {
    client.Send(std::string(kUpgrade) + std::string(ahead));
    Responder responder = desk_.Take();
    auto socket = responder.Upgrade(std::move(headers));
    if (!socket) throw std::runtime_error(socket.error().message);
    head_ = client.ReadUntil("\r\n\r\n");
    return *std::move(socket);
  }

  Desk desk_;
  std::string head_;
  const std::unique_ptr<Server> server_ =
      StartServer(desk_.handler(), {.max_message_bytes = 1'000'000});
  RawClient client_{server_->port()};
};

TEST_F(WebSocketTest, IsOpenedWithTheHeadersOfTheApplication) {
  const auto socket = Upgrade(client_, {{"Sec-WebSocket-Protocol", "chat"}, {"X-A", "1"}});

  EXPECT_EQ(head_,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
            "Sec-WebSocket-Protocol: chat\r\nX-A: 1\r\n\r\n");
}

TEST_F(WebSocketTest, CarriesMessagesBothWays) {
  const auto socket = Upgrade(client_);

  client_.Send(ClientFrame(Opcode::kText, "hello"));
  EXPECT_EQ(Receive(*socket), "hello");
  EXPECT_TRUE(*socket->TrySend({.is_text = true, .data = "hi"}, nullptr));
  EXPECT_TRUE(*socket->TrySend({.is_text = false, .data = "\xFF"}, nullptr));

  EXPECT_EQ(client_.Read(7),
            ServerFrame(Opcode::kText, "hi") + ServerFrame(Opcode::kBinary, "\xFF"));
}

TEST_F(WebSocketTest, HasTheMessagesThatCameWithTheRequest) {
  const auto socket =
      Upgrade(client_, {}, ClientFrame(Opcode::kText, "one") + ClientFrame(Opcode::kText, "two"));

  EXPECT_EQ(Receive(*socket), "one");
  EXPECT_EQ(Receive(*socket), "two");
}

TEST_F(WebSocketTest, AnswersPings) {
  const auto socket = Upgrade(client_);

  client_.Send(ClientFrame(Opcode::kPing, "are you there") + ClientFrame(Opcode::kPong, "unasked"));

  EXPECT_EQ(client_.Read(15), ServerFrame(Opcode::kPong, "are you there"));
}

TEST_F(WebSocketTest, AnswersACloseAndTellsOfIt) {
  const auto socket = Upgrade(client_);

  client_.Send(ClientClose(1000, "bye"));

  EXPECT_EQ(client_.ReadToEnd(), CloseFrame(1000));
  EXPECT_EQ(Receive(*socket), "<1000 bye>");
  EXPECT_EQ(Receive(*socket), "<1000 bye>");
  EXPECT_EQ(SendUntilRefused(*socket), ErrorCode::kCancelled);
}

TEST_F(WebSocketTest, AnswersACloseWithoutACodeInKind) {
  const auto socket = Upgrade(client_);

  client_.Send(ClientFrame(Opcode::kClose, ""));

  EXPECT_EQ(client_.ReadToEnd(), ServerFrame(Opcode::kClose, ""));
  EXPECT_EQ(Receive(*socket), "<1005 >");
}

TEST_F(WebSocketTest, SendsItsCloseAfterItsMessagesAndAwaitsTheAnswer) {
  const auto socket = Upgrade(client_);
  ASSERT_TRUE(socket->TrySend({.data = "last"}, nullptr).has_value());
  socket->Close(3000, "done");

  const std::string sent = ServerFrame(Opcode::kText, "last") + CloseFrame(3000, "done");
  EXPECT_EQ(client_.Read(sent.size()), sent);
  client_.Send(ClientFrame(Opcode::kText, "too late") + ClientClose(3000));
  EXPECT_EQ(client_.ReadToEnd(), "");

  EXPECT_EQ(Receive(*socket), "<3000 >");
}

TEST_F(WebSocketTest, ClosesWhenTheApplicationLetsItGo) {
  { const auto socket = Upgrade(client_); }

  EXPECT_EQ(client_.Read(4), CloseFrame(1011));
}

TEST_F(WebSocketTest, NeverSendsACodeThatMeansNothing) {
  const auto socket = Upgrade(client_);
  socket->Close(1006, "");

  EXPECT_EQ(client_.Read(4), CloseFrame(1011));
}

TEST_F(WebSocketTest, IsClosedWithoutACodeWhenTheClientVanishes) {
  const auto socket = Upgrade(client_);
  client_.Close();
  EXPECT_EQ(Receive(*socket), "<1006 >");

  RawClient other(server_->port());
  const auto second = Upgrade(other);
  other.Reset();
  EXPECT_EQ(Receive(*second), "<1006 >");
  EXPECT_EQ(SendUntilRefused(*second), ErrorCode::kCancelled);
}

TEST_F(WebSocketTest, TellsWhoeverWatchesThatTheClientVanished) {
  client_.Send(kUpgrade);
  Responder responder = desk_.Take();
  std::promise<void> gone;
  responder.WhenHalfClosed([&gone] { gone.set_value(); });
  const auto socket = responder.Upgrade({});
  ASSERT_TRUE(socket.has_value());

  client_.Close();

  gone.get_future().wait();
}

TEST_F(WebSocketTest, FailsAClientThatBreaksTheProtocol) {
  const struct {
    std::string bytes;
    int code;
  } cases[] = {
      {ServerFrame(Opcode::kText, "not masked"), 1002},
      {ClientFrame(Opcode::kText, "\xFF"), 1007},
      {ClientFrame(Opcode::kBinary, std::string(1'000'001, 'x')), 1009},
      {ClientFrame(Opcode::kClose, "x"), 1002},
      {ClientFrame(Opcode::kClose, "\x03\xED"), 1002},  // 1005 may not be sent.
      {ClientFrame(Opcode::kClose, "\x03\xE8\xFF"), 1007},
  };
  for (const auto& row : cases) {
    RawClient client(server_->port());
    const auto socket = Upgrade(client);
    client.Send(row.bytes);

    // Between the opcode and the code stands how long the reason is.
    EXPECT_EQ(client.ReadToEnd().substr(2, 2), CloseFrame(row.code).substr(2, 2));
    EXPECT_THAT(Receive(*socket), StartsWith("<1006 "));
  }
}

TEST_F(WebSocketTest, RefusesToSendTextThatIsNotUtf8) {
  const auto socket = Upgrade(client_);

  EXPECT_EQ(socket->TrySend({.data = "\xFF"}, nullptr).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(WebSocketTest, LeavesMessagesThatNobodyTakesWithTheClient) {
  const auto socket = Upgrade(client_);
  const std::string message(60'000, 'x');
  constexpr int kMessages = 400;
  auto sent = std::async(std::launch::async, [this, &message] {
    for (int i = 0; i < kMessages; ++i) client_.Send(ClientFrame(Opcode::kBinary, message));
  });

  for (int i = 0; i < kMessages; ++i) ASSERT_EQ(Receive(*socket), message);
  sent.get();
}

TEST_F(WebSocketTest, HoldsTheApplicationBackWhileTheClientDoesNotRead) {
  const auto socket = Upgrade(client_);
  const std::string message(60'000, 'x');
  Ready ready;
  std::size_t bytes = 0;
  bool is_welcome = true;
  while (is_welcome) {
    is_welcome = *socket->TrySend({.is_text = false, .data = message}, ready.callback());
    bytes += ServerFrame(Opcode::kBinary, message).size();
  }

  EXPECT_LT(bytes, 100'000'000U);
  client_.Read(bytes);
  ready.Await();
  EXPECT_TRUE(*socket->TrySend({.data = "on"}, ready.callback()));
}

TEST_F(WebSocketTest, GoesAwayWithADrainedServer) {
  const auto socket = Upgrade(client_);
  std::promise<void> empty;
  server_->Drain([&empty] { empty.set_value(); });

  EXPECT_EQ(client_.Read(4), CloseFrame(1001));
  client_.Send(ClientClose(1001));
  client_.ReadToEnd();
  client_.Close();
  empty.get_future().wait();
  EXPECT_EQ(Receive(*socket), "<1001 >");
}

TEST_F(WebSocketTest, EndsWithTheServer) {
  const auto socket = Upgrade(client_);

  server_->Stop();

  EXPECT_EQ(Receive(*socket), "<1006 >");
}

TEST_F(WebSocketTest, MayBeRefusedLikeAnyRequest) {
  client_.Send(kUpgrade);
  Responder responder = desk_.Take();
  EXPECT_TRUE(responder.can_upgrade());
  std::move(responder).Send({.status = 403});

  EXPECT_THAT(client_.ReadAnswer(), StartsWith("HTTP/1.1 403 "));
}

TEST_F(WebSocketTest, IsCutOffByWhoeverOverrules) {
  client_.Send(kUpgrade);
  Responder responder = desk_.Take();
  const Overruler overruler = responder.overruler();
  const auto socket = responder.Upgrade({});
  client_.ReadUntil("\r\n\r\n");

  overruler.Answer({.status = 504});

  EXPECT_EQ(client_.Read(4), CloseFrame(1011));
}

class HandshakeTest : public WebSocketTest {
 protected:
  bool IsOffered(std::string_view what, std::string_view instead) {
    std::string request(kUpgrade);
    request.replace(request.find(what), what.size(), instead);
    RawClient client(server_->port());
    client.Send(request);
    return desk_.Take().can_upgrade();
  }
};

TEST_F(HandshakeTest, AsksForEverythingThatItMust) {
  EXPECT_TRUE(IsOffered("GET", "GET"));
  EXPECT_TRUE(IsOffered("Upgrade: websocket", "Upgrade: other, WebSocket"));
  EXPECT_FALSE(IsOffered("GET", "PUT"));
  EXPECT_FALSE(IsOffered("HTTP/1.1", "HTTP/1.0"));
  EXPECT_FALSE(IsOffered("keep-alive, Upgrade", "keep-alive"));
  EXPECT_FALSE(IsOffered("Upgrade: websocket", "Upgrade: h2c"));
  EXPECT_FALSE(IsOffered("Version: 13", "Version: 8"));
  EXPECT_FALSE(IsOffered("dGhlIHNhbXBsZSBub25jZQ==", "short"));
  EXPECT_FALSE(IsOffered("Sec-WebSocket-Key", "Sec-WebSocket-Other"));
}

}  // namespace
}  // namespace openfc::http
