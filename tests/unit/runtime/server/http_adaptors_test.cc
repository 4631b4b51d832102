#include "runtime/http/server.h"
#include "runtime/invoke/reply.h"
#include "runtime/server/http_body_reader.h"
#include "runtime/server/http_reply_sink.h"
#include "tests/unit/runtime/http/client_frame.h"
#include "tests/unit/runtime/http/ready.h"
#include "tests/unit/runtime/http/server_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace openfc {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

http::Response Map(Outcome outcome) {
  if (auto* const failure = std::get_if<Failure>(&outcome)) {
    return {.status = 502, .headers = {{"X-Type", failure->type}}, .body = failure->document};
  }
  return {.body = std::move(std::get<Response>(outcome).body)};
}

/// Replies of the HTTP mode to a client of bare bytes.
class HttpReplySinkTest : public ::testing::Test {
 protected:
  Reply Ask(std::string_view request, ReplyMapping mapping = {.outcome = Map}) {
    client_.Send(request);
    auto call = desk_.TakeCall();
    source_ = call.request.TakeBodySource();
    return Reply(std::make_unique<HttpReplySink>(std::move(call.responder), std::move(mapping)));
  }
  Reply Ask() { return Ask(http::Get("/")); }

  http::Desk desk_;
  std::unique_ptr<http::BodySource> source_;
  const std::unique_ptr<http::Server> server_ = http::StartServer(
      desk_.handler(), {.streams_body = [](const http::Request&) { return true; }});
  http::RawClient client_{server_->port()};
};

TEST_F(HttpReplySinkTest, AnswersAsTheRouteMapsIt) {
  Ask().Send(Response{.body = "fine"});
  EXPECT_EQ(client_.ReadBody(), "fine");

  Ask().Send(Failure{.type = "Bad", .document = "{}"});
  const std::string answer = client_.ReadAnswer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 502 "));
  EXPECT_THAT(answer, HasSubstr("X-Type: Bad\r\n"));
}

TEST_F(HttpReplySinkTest, AnswersForAHandlerThatLetItGo) {
  { const Reply reply = Ask(); }

  EXPECT_THAT(client_.ReadAnswer(), HasSubstr("X-Type: NoAnswer\r\n"));
}

TEST_F(HttpReplySinkTest, StreamsUnderTheHeadThatTheRouteMakesOfIt) {
  Reply reply = Ask(http::Get("/"), {.outcome = Map, .head = [](StreamHead head) {
                                       head.headers.emplace_back("X-Mapped", "yes");
                                       return head;
                                     }});
  const auto writer = reply.Begin({.status = 201, .headers = {{"X-A", "1"}}});
  ASSERT_TRUE(writer.has_value());
  EXPECT_FALSE(reply.is_open());
  ASSERT_TRUE((*writer)->Write("blocking ").has_value());
  ASSERT_TRUE(*(*writer)->TryWrite("or not", nullptr));
  ASSERT_TRUE((*writer)->Finish().has_value());

  const std::string answer = client_.ReadUntil("0\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 201 Created\r\nX-A: 1\r\nX-Mapped: yes\r\n"));
  EXPECT_THAT(answer, HasSubstr("blocking "));
  EXPECT_THAT(answer, HasSubstr("or not"));
}

TEST_F(HttpReplySinkTest, CanStillAnswerWhereAStreamCouldNotBegin) {
  Reply reply = Ask();

  EXPECT_FALSE(reply.Begin({.headers = {{"X-A", "1\r\nX-B: 2"}}}).has_value());
  EXPECT_FALSE(reply.Upgrade({}).has_value());
  std::move(reply).Send(Response{.body = "whole"});

  EXPECT_EQ(client_.ReadBody(), "whole");
}

TEST_F(HttpReplySinkTest, TellsThatTheClientIsGone) {
  Reply reply = Ask();
  std::promise<void> gone;
  std::promise<void> half_closed;
  reply.WhenHalfClosed([&half_closed] { half_closed.set_value(); });
  reply.WhenGone([&gone] { gone.set_value(); });

  client_.StopSending();
  half_closed.get_future().wait();
  client_.Reset();

  gone.get_future().wait();
}

TEST_F(HttpReplySinkTest, ReadsABodyThatComes) {
  const Reply reply =
      Ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
  ASSERT_NE(source_, nullptr);
  HttpBodyReader reader(std::move(source_));
  http::Ready ready;

  EXPECT_EQ(*reader.Read(), "one");
  EXPECT_FALSE(reader.TryRead(ready.callback()).has_value());
  client_.Send("3\r\ntwo\r\n0\r\n\r\n");
  ready.Await();
  EXPECT_EQ(*reader.Read(), "two");
  EXPECT_EQ(*reader.Read(), "");
}

class HttpMessageChannelTest : public HttpReplySinkTest {
 protected:
  std::unique_ptr<MessageChannel> Upgrade() {
    Reply reply =
        Ask("GET /chat HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    auto channel = reply.Upgrade({{"Sec-WebSocket-Protocol", "chat"}});
    EXPECT_THAT(client_.ReadUntil("\r\n\r\n"), HasSubstr("Sec-WebSocket-Protocol: chat\r\n"));
    return *std::move(channel);
  }

  MessageChannel::Received Receive(MessageChannel& channel) {
    http::Ready ready;
    auto received = channel.TryReceive(ready.callback());
    if (received) return *std::move(received);
    ready.Await();
    return *channel.TryReceive(nullptr);
  }
};

TEST_F(HttpMessageChannelTest, CarriesMessagesBothWays) {
  const auto channel = Upgrade();
  client_.Send(ClientFrame(http::Opcode::kBinary, "\xFF"));

  const auto message = std::get<Message>(Receive(*channel));
  EXPECT_FALSE(message.is_text);
  EXPECT_EQ(message.data, "\xFF");
  EXPECT_TRUE(*channel->TrySend({.is_text = true, .data = "hi"}, nullptr));
  EXPECT_EQ(client_.Read(4), "\x81\x02hi");
}

TEST_F(HttpMessageChannelTest, TellsHowThePeerClosed) {
  const auto channel = Upgrade();
  client_.Send(ClientFrame(http::Opcode::kClose, http::ClosePayload(4000, "bye")));

  const auto closed = std::get<MessageChannel::Closed>(Receive(*channel));
  EXPECT_EQ(closed.code, 4000);
  EXPECT_EQ(closed.reason, "bye");
}

TEST_F(HttpMessageChannelTest, ClosesWithTheCodeThatItIsGiven) {
  const auto channel = Upgrade();
  channel->Close(4001, "enough");

  EXPECT_THAT(client_.Read(10), EndsWith("\x0F\xA1"
                                         "enough"));
}

}  // namespace
}  // namespace openfc
