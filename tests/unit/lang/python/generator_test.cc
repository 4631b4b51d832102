// Event handlers that stream, async ones whose client goes away, and CloudEvents: the HTTP mode.

#include "tests/unit/lang/python/web_test.h"

#include <nlohmann/json.hpp>

#include <thread>

namespace openfc::python {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing::ReplyEnd;

/// Where the handler runs: in the caller's thread, or, when it is async and more than one
/// invocation may run, on the loop's.
class StreamTest : public WebTest, public ::testing::WithParamInterface<std::tuple<bool, int>> {
 protected:
  bool is_async() const { return std::get<0>(GetParam()); }

  /// `{async}` and its like in the code become what the case wants.
  void ServeHandler(std::string code) {
    options_.concurrent_limit = std::get<1>(GetParam());
    const std::pair<std::string, std::string> words[] = {
        {"{async}", is_async() ? "async " : ""},
        {"{pause}", is_async() ? "await asyncio.sleep(0.001)" : "time.sleep(0.001)"}};
    for (const auto& [word, text] : words) {
      for (auto at = code.find(word); at != std::string::npos; at = code.find(word)) {
        code.replace(at, word.size(), text);
      }
    }
    Serve("import asyncio, threading, time\n" + code, "index.handler");
    ASSERT_TRUE(loaded_) << loaded_.error().message;
  }

  static Invocation Event() {
    Invocation event;
    event.request_id = "r-1";
    event.function.handler = "index.handler";
    return event;
  }

  /// One invocation in a thread of its own, as a slot would.
  std::jthread InSlot(const Client& client) {
    return std::jthread([this, client] { Send(Event(), client); });
  }
};

INSTANTIATE_TEST_SUITE_P(Forms, StreamTest,
                         ::testing::Combine(::testing::Bool(), ::testing::Values(1, 8)),
                         [](const auto& form) {
                           return std::string(std::get<0>(form.param) ? "Async" : "Sync") + "At" +
                                  std::to_string(std::get<1>(form.param));
                         });

TEST_P(StreamTest, StreamsWhatIsYielded) {
  ServeHandler(
      "{async}def handler(event, context):\n"
      "    yield b'one '\n    yield 'tw\\u00f6 '\n    yield ''\n    yield bytearray(b'three')\n");
  const Client client;
  const auto slot = InSlot(client);

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kFinished);
  EXPECT_EQ(client.streamed(), "one tw\xc3\xb6 three");
  EXPECT_EQ(client.chunks(), 3);
  EXPECT_EQ(client.head()->status, 200);
}

TEST_P(StreamTest, EachPieceArrivesBeforeTheNextIsMade) {
  ServeHandler(
      "import os\n"
      "{async}def handler(event, context):\n"
      "    yield b'first'\n"
      "    while not os.path.exists(os.path.join(os.path.dirname(__file__), 'gate')): {pause}\n"
      "    yield b'second'\n");
  const Client client;
  const auto slot = InSlot(client);
  ASSERT_TRUE(client.AwaitStreamed("first"));

  Write("gate", "");

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kFinished);
  EXPECT_EQ(client.streamed(), "firstsecond");
}

TEST_P(StreamTest, ADictThatComesFirstIsStatusAndHeaders) {
  ServeHandler(
      "{async}def handler(event, context):\n"
      "    yield {'statusCode': 202, 'headers': {'Content-Type': 'text/event-stream'}}\n"
      "    yield b'data: x\\n\\n'\n");
  const Client client;
  const auto slot = InSlot(client);

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kFinished);
  EXPECT_EQ(client.head()->status, 202);
  EXPECT_THAT(client.head()->headers, ElementsAre(Pair("Content-Type", "text/event-stream")));
}

TEST_P(StreamTest, OneThatYieldsNothingIsAnEmptyAnswer) {
  ServeHandler("{async}def handler(event, context):\n    if event is None: yield b''\n");
  const Client client;
  const auto slot = InSlot(client);

  EXPECT_EQ(BodyOf(client), "");
}

TEST_P(StreamTest, ASlowClientHoldsItBack) {
  ServeHandler(
      "{async}def handler(event, context):\n"
      "    for i in range(3):\n"
      "        print('made', i, flush=True)\n"
      "        yield b'%d' % i\n");
  const Client client;
  client.StopReading();
  const auto slot = InSlot(client);
  ASSERT_TRUE(client.AwaitBegun());

  client.ReadOn();

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kFinished);
  EXPECT_EQ(client.streamed(), "012");
}

TEST_P(StreamTest, IsClosedWhenTheClientGoesAway) {
  ServeHandler(
      "{async}def handler(event, context):\n"
      "    try:\n"
      "        while True:\n"
      "            yield b'more'\n"
      "            {pause}\n"
      "    finally: print('closed', flush=True)\n");
  ::testing::internal::CaptureStdout();
  const Client client;
  {
    const auto slot = InSlot(client);
    ASSERT_TRUE(client.AwaitStreamed("moremore"));
    client.GoAway();
  }

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "closed\n");
}

TEST_P(StreamTest, IsClosedWhenTheClientGoesAwayWhileItIsHeldBack) {
  ServeHandler(
      "{async}def handler(event, context):\n"
      "    try:\n"
      "        while True: yield b'more'\n"
      "    finally: print('closed', flush=True)\n");
  ::testing::internal::CaptureStdout();
  const Client client;
  client.StopReading();
  {
    const auto slot = InSlot(client);
    ASSERT_TRUE(client.AwaitBegun());
    client.GoAway();
  }

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "closed\n");
}

TEST_P(StreamTest, AFailureBeforeTheFirstPieceIsItsAnswer) {
  ServeHandler("{async}def handler(event, context):\n    raise KeyError('x')\n    yield b''\n");
  const Client client;
  const auto slot = InSlot(client);

  EXPECT_EQ(TypeOf(client.AwaitOutcome()), "KeyError");
}

TEST_P(StreamTest, AFailureInTheMiddleCutsTheReplyOffAndIsLogged) {
  ServeHandler(
      "{async}def handler(event, context):\n    yield b'first'\n    raise KeyError('gone "
      "wrong')\n");
  ::testing::internal::CaptureStdout();
  const Client client;
  const auto slot = InSlot(client);

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);
  EXPECT_EQ(client.streamed(), "first");
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("gone wrong"));
}

TEST_P(StreamTest, WhatIsNeitherBytesNorTextIsAnError) {
  ServeHandler("{async}def handler(event, context):\n    yield 3\n");
  const Client client;
  const auto slot = InSlot(client);

  EXPECT_THAT(TextOf(client.AwaitOutcome()),
              HasSubstr("a generator that streams must yield bytes or str, not int"));
}

TEST_P(StreamTest, OverTheRuntimeApiItIsAnErrorAsEver) {
  options_.http_mode = false;
  ServeHandler("{async}def handler(event, context):\n    yield b'x'\n");
  const Client client;
  const auto slot = InSlot(client);

  EXPECT_EQ(TypeOf(client.AwaitOutcome()), "TypeError");
}

class AsyncInHttpModeTest : public StreamTest {};

INSTANTIATE_TEST_SUITE_P(Limits, AsyncInHttpModeTest,
                         ::testing::Combine(::testing::Values(true), ::testing::Values(0, 1, 8)),
                         [](const auto& form) {
                           return "At" + std::to_string(std::get<1>(form.param));
                         });

TEST_P(AsyncInHttpModeTest, Answers) {
  ServeHandler(
      "async def handler(event, context):\n"
      "    await asyncio.sleep(0)\n    return threading.current_thread() is "
      "threading.main_thread()\n");
  const Client client;
  Send(Event(), client);

  EXPECT_EQ(BodyOf(client), std::get<1>(GetParam()) == 1 ? "true" : "false");
}

TEST_P(AsyncInHttpModeTest, IsCancelledWhenTheClientGoesAway) {
  ServeHandler(
      "async def handler(event, context):\n"
      "    try: await asyncio.sleep(1000)\n"
      "    except asyncio.CancelledError: print('cancelled', flush=True); raise\n");
  ::testing::internal::CaptureStdout();
  const Client client;
  {
    const auto slot = InSlot(client);
    ASSERT_TRUE(client.AwaitWatched());
    client.GoAway();
  }

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kAbandoned);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "cancelled\n");
}

TEST_P(AsyncInHttpModeTest, AnswersAClientThatHasClosedItsSendingHalf) {
  ServeHandler(
      "import os\n"
      "async def handler(event, context):\n"
      "    while not os.path.exists(os.path.join(os.path.dirname(__file__), 'gate')): {pause}\n"
      "    return 'waited'\n");
  const Client client;
  client.HalfClose();
  const auto slot = InSlot(client);
  ASSERT_TRUE(client.AwaitWatched());

  Write("gate", "");

  EXPECT_EQ(BodyOf(client), "waited");
}

TEST_P(AsyncInHttpModeTest, AStreamIsCancelledWhenTheClientSendsNoMore) {
  ServeHandler(
      "async def handler(event, context):\n"
      "    yield b'first'\n"
      "    try: await asyncio.sleep(1000)\n"
      "    except asyncio.CancelledError: print('cancelled', flush=True); raise\n");
  ::testing::internal::CaptureStdout();
  const Client client;
  {
    const auto slot = InSlot(client);
    ASSERT_TRUE(client.AwaitStreamed("first"));
    client.HalfClose();
  }

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "cancelled\n");
}

TEST_P(AsyncInHttpModeTest, IsCancelledAtItsDeadlineWhileItStreams) {
  ServeHandler(
      "async def handler(event, context):\n    yield b'first'\n    await asyncio.sleep(1000)\n");
  Invocation event = Event();
  event.deadline = Deadline::After(std::chrono::milliseconds(200));
  const Client client;
  const std::jthread slot([&] { Send(std::move(event), client); });

  EXPECT_NE(client.AwaitEnd(), ReplyEnd::kFinished);
  EXPECT_NE(client.AwaitEnd(), ReplyEnd::kOpen);
  EXPECT_TRUE(client.ends_itself());
}

class CloudEventTest : public WebTest {};

TEST_F(CloudEventTest, ItsAttributesAreInTheContextOfItsInvocationAlone) {
  Serve("def handler(event, context): return [event.decode(), context.cloud_event]",
        "index.handler");
  Invocation event;
  event.function.handler = "index.handler";
  event.body = "data";
  event.cloud_event = R"({"id": "7", "type": "t"})";
  Invocation plain;
  plain.function.handler = "index.handler";
  plain.body = "data";

  EXPECT_EQ(nlohmann::json::parse(BodyOf(Send(std::move(event)))).dump(),
            R"(["data",{"id":"7","type":"t"}])");
  EXPECT_EQ(nlohmann::json::parse(BodyOf(Send(std::move(plain)))).dump(), R"(["data",null])");
}

}  // namespace
}  // namespace openfc::python
