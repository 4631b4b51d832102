#include "tests/soak/visitor.h"

#include "tests/fakes/http_instance.h"
#include "tests/unit/runtime/http/client_frame.h"

#include <array>
#include <utility>

namespace openfc::soak {
namespace {

using http::Opcode;
using testing::BytesOf;

constexpr std::size_t kShortest = 20;  // What every event has, and so its answer.
constexpr std::size_t kSmall = 2'000;
constexpr std::size_t kMedium = 50'000;
constexpr std::size_t kLarge = 1'000'000;  // More than a socket takes at once.

constexpr std::size_t kShown = 60;

constexpr const char* kHandshake =
    "GET /talk HTTP/1.1\r\nHost: f.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

std::string RequestOf(const std::string& event) { return BytesOf({.body = event}); }

std::string ServerFrame(Opcode opcode, std::string_view payload) {
  std::string frame;
  http::AppendFrame(opcode, payload, frame);
  return frame;
}

}  // namespace

void Visitor::Visit() {
  const Conduct conduct = DrawConduct();
  tally_.NoteVisit(conduct.name);
  try {
    http::RawClient client(port_);
    conduct.act(client);
  } catch (const std::exception& error) {
    NoteFault(std::string(conduct.name) + ": " + error.what());
  }
}

std::string Visitor::DrawEvent(std::string_view word, std::size_t largest) {
  static constexpr std::array kSizes = {std::size_t{0}, kSmall, kSmall, kMedium, kLarge};
  std::size_t size = kSizes.at(Draw(kSizes.size()));
  while (size > largest) size = kSizes.at(Draw(kSizes.size()));
  std::string event = std::string(word) + " " + name_ + "-" + std::to_string(++events_) + " ";
  return event.append(size, static_cast<char>('a' + Draw(26)));
}

void Visitor::Leave(http::RawClient& client) {
  if (Draw(2) == 0) {
    client.Reset();
  } else {
    client.Close();
  }
}

void Visitor::NoteFault(const std::string& fault) { tally_.NoteFault(name_ + ": " + fault); }

Visitor::Conduct RequestVisitor::DrawConduct() {
  using Self = RequestVisitor;
  static constexpr std::array<std::pair<const char*, void (Self::*)(http::RawClient&)>, 9>
      kConducts = {{{"whole", &Self::Whole},
                    {"byte by byte", &Self::ByteByByte},
                    {"keep-alive", &Self::KeepAlive},
                    {"pipelined", &Self::Pipelined},
                    {"half-closed", &Self::HalfClosed},
                    {"cut in head", &Self::CutInHead},
                    {"cut in body", &Self::CutInBody},
                    {"left unread", &Self::LeftUnread},
                    {"left amid answer", &Self::LeftAmidAnswer}}};
  const auto& [name, act] = kConducts.at(Draw(kConducts.size()));
  return {.name = name, .act = std::bind_front(act, this)};
}

std::string RequestVisitor::DrawFinite(std::size_t largest) {
  return DrawEvent(streams_ && Draw(2) == 0 ? "stream" : "whole", largest);
}

std::string RequestVisitor::DrawLong() {
  return streams_ ? DrawEvent("endless", kMedium) : DrawEvent("whole", kLarge);
}

void RequestVisitor::Expect(http::RawClient& client, const std::string& event) {
  const testing::HttpReply reply = testing::ReadReply(client);
  if (reply.status == 200 && reply.body == event) return;
  NoteFault("'" + event.substr(0, kShown) + "', " + std::to_string(event.size()) +
            " bytes, got status " + std::to_string(reply.status) + " and " +
            std::to_string(reply.body.size()) + " bytes: '" + reply.body.substr(0, kShown) + "'");
}

void RequestVisitor::ExpectNothingElse(http::RawClient& client, const std::string& event) {
  constexpr std::string_view kCut = "<cut off>";
  testing::HttpReply reply = testing::ReadReply(client);
  if (reply.body.ends_with(kCut)) reply.body.resize(reply.body.size() - kCut.size());
  if (reply.status != 200 || event.starts_with(reply.body)) return;
  NoteFault("half-closed, it got what is not its own: '" + reply.body.substr(0, kShown) + "'");
}

void RequestVisitor::Whole(http::RawClient& client) {
  const std::string event = DrawFinite(kLarge);
  client.Send(RequestOf(event));
  Expect(client, event);
}

void RequestVisitor::ByteByByte(http::RawClient& client) {
  const std::string event = DrawFinite(kSmall);
  client.SendByteByByte(RequestOf(event));
  Expect(client, event);
}

void RequestVisitor::KeepAlive(http::RawClient& client) {
  for (std::size_t left = 2 + Draw(4); left > 0; --left) Whole(client);
  if (Draw(2) == 0) CutInBody(client);
}

void RequestVisitor::Pipelined(http::RawClient& client) {
  const std::string first = DrawFinite(kMedium);
  const std::string second = DrawFinite(kMedium);
  client.Send(RequestOf(first) + RequestOf(second));
  Expect(client, first);
  Expect(client, second);
}

void RequestVisitor::HalfClosed(http::RawClient& client) {
  const std::string event = DrawFinite(kLarge);
  client.Send(RequestOf(event));
  client.StopSending();
  if (streams_) {
    ExpectNothingElse(client, event);
  } else {
    Expect(client, event);
  }
}

void RequestVisitor::CutInHead(http::RawClient& client) {
  const std::string event = DrawFinite(kLarge);
  const std::string bytes = RequestOf(event);
  client.Send(DrawPart(bytes.substr(0, bytes.size() - event.size())));
  Leave(client);
}

void RequestVisitor::CutInBody(http::RawClient& client) {
  const std::string event = DrawFinite(kLarge);
  const std::string bytes = RequestOf(event);
  client.Send(bytes.substr(0, bytes.size() - event.size()) + DrawPart(event));
  Leave(client);
}

void RequestVisitor::LeftUnread(http::RawClient& client) {
  client.Send(RequestOf(Draw(2) == 0 ? DrawFinite(kLarge) : DrawLong()));
  Leave(client);
}

void RequestVisitor::LeftAmidAnswer(http::RawClient& client) {
  client.Send(RequestOf(DrawLong()));
  const std::string head = client.ReadUntil("\r\n\r\n");
  if (!head.starts_with("HTTP/1.1 200")) NoteFault("a long answer began with " + head);
  (void)client.Read(1 + Draw(streams_ ? kMedium : kShortest));
  Leave(client);
}

Visitor::Conduct SocketVisitor::DrawConduct() {
  using Self = SocketVisitor;
  switch (Draw(6)) {
    case 0:
      return {"talk", [this](auto& client) { Talk(client, /*byte_by_byte=*/false); }};
    case 1:
      return {"talk byte by byte", [this](auto& client) { Talk(client, true); }};
    case 2:
      return {"cut in handshake", std::bind_front(&Self::CutInHandshake, this)};
    case 3:
      return {"cut in message", std::bind_front(&Self::CutInMessage, this)};
    case 4:
      return {"left untalked", std::bind_front(&Self::LeftUntalked, this)};
    default:
      return {"left unheard", std::bind_front(&Self::LeftUnheard, this)};
  }
}

void SocketVisitor::CutInHandshake(http::RawClient& client) {
  client.Send(DrawPart(kHandshake));
  Leave(client);
}

void SocketVisitor::CutInMessage(http::RawClient& client) {
  if (!Connect(client)) return;
  client.Send(DrawPart(ClientFrame(Opcode::kText, DrawEvent("said", kLarge))));
  Leave(client);
}

void SocketVisitor::LeftUntalked(http::RawClient& client) {
  if (Connect(client)) Leave(client);
}

void SocketVisitor::LeftUnheard(http::RawClient& client) {
  if (!Connect(client)) return;
  const std::string frame = ClientFrame(Opcode::kText, DrawEvent("said", kLarge));
  client.Send(frame + frame);
  Leave(client);
}

bool SocketVisitor::Connect(http::RawClient& client) {
  client.Send(kHandshake);
  const std::string head = client.ReadUntil("\r\n\r\n");
  if (head.starts_with("HTTP/1.1 101 ")) return true;
  NoteFault("a handshake was answered by " + head);
  return false;
}

void SocketVisitor::Talk(http::RawClient& client, bool byte_by_byte) {
  if (!Connect(client)) return;
  for (std::size_t left = 1 + Draw(4); left > 0; --left) {
    const std::string event = DrawEvent("said", byte_by_byte ? kSmall : kLarge);
    const std::string frame = ClientFrame(Opcode::kText, event);
    if (byte_by_byte) {
      client.SendByteByByte(frame);
    } else {
      client.Send(frame);
    }
    const std::string expected = ServerFrame(Opcode::kText, event);
    if (client.Read(expected.size()) != expected) return NoteFault("heard not what it said");
  }
  const std::string_view normal("\x03\xE8", 2);  // 1000.
  client.Send(ClientFrame(Opcode::kClose, normal));
  if (client.ReadToEnd() != ServerFrame(Opcode::kClose, normal)) {
    NoteFault("its close was not answered");
  }
}

}  // namespace openfc::soak
