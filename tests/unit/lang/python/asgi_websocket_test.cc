// Web applications of the ASGI kind: WebSockets.

#include "tests/unit/lang/python/web_test.h"

#include <nlohmann/json.hpp>

namespace openfc::python {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing::ReplyEnd;

constexpr const char* kApplication =
    "import asyncio, json\n"
    "async def app(scope, receive, send):\n"
    "    if scope['type'] == 'lifespan': return\n"
    "    await talk(scope, receive, send)\n"
    "async def accept(receive, send, **more):\n"
    "    assert (await receive())['type'] == 'websocket.connect'\n"
    "    await send(dict(more, type='websocket.accept'))\n"
    "async def say(send, **what): await send(dict(what, type='websocket.send'))\n"
    "async def talk(scope, receive, send):\n";

class AsgiWebSocketTest : public WebTest {
 protected:
  Client Talk(const std::string& body) {
    Serve(kApplication + body);
    HttpRequest request = Get("/chat?room=1");
    request.wants_websocket = true;
    request.headers = {{"Sec-WebSocket-Protocol", "v1, v2"}, {"sec-websocket-protocol", "v3"}};
    return Send(Of(std::move(request)));
  }

  static std::vector<std::string> Heard(const Client& client) {
    std::vector<std::string> heard;
    for (const Message& message : client.heard()) {
      heard.push_back((message.is_text ? "text " : "bytes ") + message.data);
    }
    return heard;
  }
};

TEST_F(AsgiWebSocketTest, FindsTheRequestInItsScope) {
  const Client client = Talk(
      "    await accept(receive, send)\n"
      "    names = ('type', 'scheme', 'path', 'subprotocols', 'http_version')\n"
      "    await say(send, text=json.dumps([scope[n] for n in names] + ['method' in scope]))\n");

  ASSERT_TRUE(client.AwaitHeard(1));
  EXPECT_EQ(nlohmann::json::parse(client.heard()[0].data).dump(),
            R"(["websocket","ws","/chat",["v1","v2","v3"],"1.1",false])");
}

TEST_F(AsgiWebSocketTest, MessagesGoBothWaysAsTheyCome) {
  const Client client = Talk(
      "    await accept(receive, send)\n"
      "    while True:\n"
      "        message = await receive()\n"
      "        if message.get('text') is not None: await say(send, text='got ' + message['text'])\n"
      "        else: await say(send, bytes=b'got ' + message['bytes'])\n");
  ASSERT_TRUE(client.AwaitUpgraded());

  client.Say({.is_text = true, .data = "caf\xc3\xa9"});
  ASSERT_TRUE(client.AwaitHeard(1));
  client.Say({.is_text = false, .data = "\xff"});
  ASSERT_TRUE(client.AwaitHeard(2));

  EXPECT_THAT(Heard(client), ElementsAre("text got caf\xc3\xa9", "bytes got \xff"));
}

TEST_F(AsgiWebSocketTest, IsAcceptedWithASubprotocolAndHeaders) {
  const Client client = Talk(
      "    await accept(receive, send, subprotocol='v2', headers=[(b'x-a', b'1')])\n"
      "    await receive()\n");

  ASSERT_TRUE(client.AwaitUpgraded());
  EXPECT_THAT(*client.upgrade_headers(),
              ElementsAre(Pair("x-a", "1"), Pair("sec-websocket-protocol", "v2")));
}

TEST_F(AsgiWebSocketTest, ARefusedOneIsForbidden) {
  const Client client = Talk("    await receive()\n    await send({'type': 'websocket.close'})\n");

  EXPECT_EQ(ResponseOf(client).status, 403);
}

TEST_F(AsgiWebSocketTest, MayBeRefusedByAResponse) {
  const Client client = Talk(
      "    assert 'websocket.http.response' in scope['extensions']\n"
      "    kind = 'websocket.http.response.'\n"
      "    await send({'type': kind + 'start', 'status': 400, 'headers': [(b'x-a', b'1')]})\n"
      "    await send({'type': kind + 'body', 'body': b'not ', 'more_body': True})\n"
      "    await send({'type': kind + 'body', 'body': b'you'})\n");

  const Response response = ResponseOf(client);
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.headers, ElementsAre(Pair("x-a", "1")));
  EXPECT_EQ(response.body, "not you");
}

TEST_F(AsgiWebSocketTest, ARefusalThatIsNotCompletedIsAFailure) {
  const Client client =
      Talk("    await send({'type': 'websocket.http.response.start', 'status': 400})\n");

  const Outcome outcome = client.AwaitOutcome();
  ASSERT_TRUE(std::holds_alternative<Failure>(outcome));
  EXPECT_THAT(std::get<Failure>(outcome).document, HasSubstr("before its refusal was complete"));
}

TEST_F(AsgiWebSocketTest, ClosesWithItsCodeAndReason) {
  const Client client = Talk(
      "    await accept(receive, send)\n"
      "    await send({'type': 'websocket.close', 'code': 4001, 'reason': 'enough'})\n");

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kClosed);
  EXPECT_EQ(client.closed().code, 4001);
  EXPECT_EQ(client.closed().reason, "enough");
}

TEST_F(AsgiWebSocketTest, OneThatReturnsHasClosedNormally) {
  const Client client = Talk("    await accept(receive, send)\n");

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kClosed);
  EXPECT_EQ(client.closed().code, 1000);
}

TEST_F(AsgiWebSocketTest, HearsWhyThePeerHungUp) {
  const Client client = Talk(
      "    await accept(receive, send)\n"
      "    message = await receive()\n"
      "    print(message['type'], message['code'], message['reason'], flush=True)\n"
      "    print((await receive())['type'], flush=True)\n");
  ASSERT_TRUE(client.AwaitUpgraded());
  ::testing::internal::CaptureStdout();

  client.HangUp(4002, "bye");

  EXPECT_NE(client.AwaitEnd(), ReplyEnd::kOpen);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(),
            "websocket.disconnect 4002 bye\nwebsocket.disconnect\n");
}

TEST_F(AsgiWebSocketTest, SendingToAPeerThatWentAwayRaisesAndIsNoFailure) {
  const Client client = Talk(
      "    await accept(receive, send)\n"
      "    try:\n"
      "        while True: await say(send, text='more'); await asyncio.sleep(0)\n"
      "    except OSError: print('raised', flush=True); raise\n");
  ASSERT_TRUE(client.AwaitHeard(2));
  ::testing::internal::CaptureStdout();

  client.GoAway();

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "raised\n");
}

TEST_F(AsgiWebSocketTest, ASlowPeerHoldsTheApplicationBack) {
  Serve(std::string(kApplication) +
        "    await accept(receive, send)\n"
        "    for i in range(3): await say(send, text=str(i))\n");
  HttpRequest request = Get("/");
  request.wants_websocket = true;
  const Client client;
  client.StopReading();
  Send(Of(std::move(request)), client);
  ASSERT_TRUE(client.AwaitHeard(1));

  client.ReadOn();

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kClosed);
  EXPECT_THAT(Heard(client), ElementsAre("text 0", "text 1", "text 2"));
}

TEST_F(AsgiWebSocketTest, AFailureBeforeItIsAcceptedIsTheAnswer) {
  const Client client = Talk("    raise KeyError('x')\n");

  EXPECT_EQ(TypeOf(client.AwaitOutcome()), "KeyError");
}

TEST_F(AsgiWebSocketTest, AFailureAfterThatEndsTheChannelWithoutAClose) {
  const Client client = Talk("    await accept(receive, send)\n    raise KeyError('x')\n");

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);
}

TEST_F(AsgiWebSocketTest, SaysWhatIsOutOfTurn) {
  const Client client = Talk("    await say(send, text='too early')\n");

  EXPECT_THAT(TextOf(client.AwaitOutcome()), HasSubstr("sent 'websocket.send' out of turn"));
}

TEST_F(AsgiWebSocketTest, OneThatReturnsWithoutAcceptingIsAFailure) {
  const Client client = Talk("    pass\n");

  EXPECT_THAT(TextOf(client.AwaitOutcome()), HasSubstr("without accepting the WebSocket"));
}

}  // namespace
}  // namespace openfc::python
