#include "runtime/http/server.h"
#include "runtime/http/web_socket_frames.h"
#include "tests/unit/runtime/http/client_frame.h"
#include "tests/unit/runtime/http/ready.h"
#include "tests/unit/runtime/http/server_fixture.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// Clients that leave wherever they like, while bodies, answers and messages stream: nobody is left
// behind, neither a handler that waits nor a connection.
namespace openfc::http {
namespace {

using Random = std::minstd_rand;

/// Sends a body back as it comes.
void EchoBody(Desk::Call& call) {
  const auto source = call.request.TakeBodySource();
  if (source == nullptr) {
    std::move(call.responder).Send(Text(call.request.TakeBody()));
    return;
  }
  auto writer = call.responder.Begin({});
  for (;;) {
    const auto part = source->Read();
    if (!part) return;  // The writer goes, and cuts the answer off.
    if (part->empty()) break;
    if (!(*writer)->Write(*part)) return;
  }
  (void)(*writer)->Finish();
}

/// Sends messages back until the client closes.
void EchoMessages(Desk::Call& call) {
  const auto socket = call.responder.Upgrade({});
  for (;;) {
    Ready ready;
    auto received = (*socket)->TryReceive(ready.callback());
    if (!received) {
      ready.Await();
      continue;
    }
    if (std::holds_alternative<WebSocket::Closed>(*received)) return;
    Ready room;
    const auto sent =
        (*socket)->TrySend(std::get<WebSocket::Message>(std::move(*received)), room.callback());
    if (sent && !*sent) room.Await();
  }
}

std::string Chunk(const std::string& bytes) {
  char size[20];
  const int length = std::snprintf(size, sizeof(size), "%zx\r\n", bytes.size());
  return std::string(size, static_cast<std::size_t>(length)) + bytes + "\r\n";
}

std::string Conversation(Random& random) {
  const std::string part(random() % 100'000, 'x');
  switch (random() % 4) {
    case 0:
      return Get("/") + Post("/", "small") + Get("/");
    case 1:
      return Post("/", part) + Get("/");
    case 2:
      return "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunk(part) +
             Chunk("more") + "0\r\n\r\n";
    default:
      return "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
             ClientFrame(Opcode::kBinary, part) + ClientFrame(Opcode::kPing, "p") +
             ClientFrame(Opcode::kClose, ClosePayload(1000, ""));
  }
}

/// Says some of a conversation, hears some of the answer, and leaves.
void Misbehave(std::uint16_t port, Random& random) {
  RawClient client(port);
  const std::string bytes = Conversation(random);
  const std::size_t said = random() % 3 == 0 ? bytes.size() : random() % bytes.size();
  const std::size_t pause = said == 0 ? 0 : random() % said;
  client.Send(std::string_view(bytes).substr(0, pause));
  if (random() % 2 == 0) std::this_thread::yield();
  client.Send(std::string_view(bytes).substr(pause, said - pause));
  switch (random() % 4) {
    case 0:
      client.Reset();
      return;
    case 1:
      client.StopSending();
      client.ReadToEnd();
      return;
    case 2:
      if (said == bytes.size()) client.Read(1 + random() % 100);
      client.Reset();
      return;
    default:
      return;  // Closes.
  }
}

TEST(HttpServerChaosTest, LeavesNobodyBehind) {
  constexpr unsigned kClients = 4;
  constexpr int kConversations = 150;
  std::vector<std::jthread> handlers;  // Filled by the server's thread, until it has drained.
  std::atomic<int> handling = 0;
  const auto server = StartServer(
      [&](Request request, Responder responder) {
        ++handling;
        auto call =
            std::make_shared<Desk::Call>(Desk::Call{std::move(request), std::move(responder)});
        handlers.emplace_back([call, &handling] {
          call->responder.can_upgrade() ? EchoMessages(*call) : EchoBody(*call);
          --handling;
        });
      },
      {.streams_body = [](const Request&) { return true; }});

  {
    std::vector<std::jthread> clients;
    for (unsigned seed = 1; seed <= kClients; ++seed) {
      clients.emplace_back([seed, port = server->port()] {
        Random random(seed);
        for (int i = 0; i < kConversations; ++i) Misbehave(port, random);
      });
    }
  }
  RawClient client(server->port());
  client.Send(Post("/", "still there"));
  EXPECT_EQ(client.ReadBody(), "still there");
  client.Close();
  std::promise<void> empty;
  server->Drain([&empty] { empty.set_value(); });
  empty.get_future().wait();
  handlers.clear();  // Each has ended, or this never does.

  EXPECT_EQ(handling, 0);
}

}  // namespace
}  // namespace openfc::http
