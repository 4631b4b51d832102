// Web applications of the ASGI kind: HTTP requests.

#include "tests/unit/lang/python/web_test.h"

#include <nlohmann/json.hpp>

#include <vector>

namespace openfc::python {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing::ReplyEnd;

/// Answers with what `answer(scope, receive, send)` gives, unless that is None.
constexpr const char* kApplication =
    "import asyncio, json, os, threading\n"
    "async def app(scope, receive, send):\n"
    "    if scope['type'] == 'lifespan': raise RuntimeError('unknown')\n"
    "    body = await answer(scope, receive, send)\n"
    "    if body is None: return\n"
    "    await send({'type': 'http.response.start', 'status': 200})\n"
    "    await send({'type': 'http.response.body', 'body': body})\n"
    "async def start(send, status=200):\n"
    "    await send({'type': 'http.response.start', 'status': status, 'headers': []})\n"
    "async def piece(send, body, more=True):\n"
    "    await send({'type': 'http.response.body', 'body': body, 'more_body': more})\n"
    "async def answer(scope, receive, send):\n";

class AsgiTest : public WebTest {
 protected:
  void ServeAnswer(const std::string& body) {
    Serve(kApplication + body);
    ASSERT_TRUE(loaded_) << loaded_.error().message;
  }

  nlohmann::json Scope(HttpRequest request, const std::string& names) {
    ServeAnswer("    found = {n: scope.get(n) for n in '" + names +
                "'.split()}\n    return json.dumps(found, default=lambda b: "
                "b.decode('latin-1')).encode()\n");
    return nlohmann::json::parse(BodyOf(Send(Of(std::move(request)))));
  }

  static std::string FailureOf(const Client& client) {
    const Outcome outcome = client.AwaitOutcome();
    const auto* failure = std::get_if<Failure>(&outcome);
    return failure == nullptr ? "no failure" : failure->document;
  }
};

TEST_F(AsgiTest, FindsTheRequestInItsScope) {
  HttpRequest request = Get("/a%20b/%C3%A9?x=%41");
  request.method = "PUT";
  request.headers = {{"Host", "h"}, {"X-One", "1"}, {"x-one", "2"}};

  const auto found = Scope(std::move(request),
                           "type asgi http_version method scheme path raw_path query_string "
                           "root_path headers client server state");

  EXPECT_EQ(found, nlohmann::json::parse(R"({
    "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
    "method": "PUT", "scheme": "http", "path": "/a b/\u00e9", "raw_path": "/a%20b/%C3%A9",
    "query_string": "x=%41", "root_path": "", "client": ["192.0.2.7", 4711],
    "headers": [["host", "h"], ["x-one", "1"], ["x-one", "2"]], "server": ["192.0.2.1", 9000],
    "state": {}})"));
}

TEST_F(AsgiTest, TheBasePathIsItsRootPathAndInFrontOfItsPath) {
  for (const char* target : {"/proxy/f/list", "/list"}) {
    HttpRequest request = Get(target);
    request.base_path = "/proxy/f";
    EXPECT_EQ(Scope(std::move(request), "path root_path raw_path").dump(),
              R"({"path":"/proxy/f/list","raw_path":"/proxy/f/list","root_path":"/proxy/f"})");
  }
}

TEST_F(AsgiTest, HasNoClientWhereNoneIsKnown) {
  HttpRequest request = Get("/");
  request.client_address.clear();

  EXPECT_EQ(Scope(std::move(request), "client").dump(), R"({"client":null})");
}

TEST_F(AsgiTest, FindsItsContextAndItsRequestIdInLogs) {
  ServeAnswer(
      "    import logging\n"
      "    logging.getLogger().warning('said')\n"
      "    context = scope['fc.context']\n"
      "    return (context.request_id + context.credentials.accessKeyId).encode()\n");
  Invocation invocation = Of(Get("/"));
  invocation.credentials.access_key_id = "key";
  ::testing::internal::CaptureStdout();

  EXPECT_EQ(BodyOf(Send(std::move(invocation))), "r-1key");

  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("r-1 [WARNING] said"));
}

TEST_F(AsgiTest, AnswersWholeWhatIsSentInOnePiece) {
  ServeAnswer(
      "    body = (await receive())['body']\n"
      "    await send({'type': 'http.response.start', 'status': 201,\n"
      "                'headers': [(b'x-a', b'1'), [b'x-b', b'2'], (b'connection', b'close')]})\n"
      "    await send({'type': 'http.response.body', 'body': b'got ' + body})\n");

  const Client client = Send(Of(Get("/"), "data"));

  const Response response = ResponseOf(client);
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "got data");
  EXPECT_THAT(response.headers, ElementsAre(Pair("x-a", "1"), Pair("x-b", "2")));
  EXPECT_FALSE(client.is_watched());  // It would cost each request a message to the server.
}

TEST_F(AsgiTest, ManyRequestsAreInFlightAtOnce) {
  ServeAnswer(
      "    waiting.append(asyncio.get_running_loop().create_future())\n"
      "    if len(waiting) == 100:\n"
      "        for future in waiting: future.set_result(None)\n"
      "    await waiting[-1]\n"
      "    return scope['path'].encode()\n"
      "waiting = []\n");
  std::vector<Client> clients;

  for (int i = 0; i < 100; ++i) clients.push_back(Send(Of(Get("/" + std::to_string(i)))));

  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(BodyOf(clients[i]), "/" + std::to_string(i));
}

TEST_F(AsgiTest, EachPieceArrivesBeforeTheNextIsMade) {
  ServeAnswer(
      "    if scope['path'] == '/open': gate.append(1); return b''\n"
      "    await start(send)\n"
      "    await piece(send, b'first')\n"
      "    while not gate: await asyncio.sleep(0.001)\n"
      "    await piece(send, b'')\n"
      "    await piece(send, b'second', False)\n"
      "gate = []\n");
  const Client client = Send(Of(Get("/")));
  ASSERT_TRUE(client.AwaitStreamed("first"));

  Send(Of(Get("/open")));

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kFinished);
  EXPECT_EQ(client.streamed(), "firstsecond");
  EXPECT_EQ(client.chunks(), 2);
}

TEST_F(AsgiTest, ASlowClientHoldsTheApplicationBack) {
  ServeAnswer(
      "    if scope['path'] == '/made': return str(len(made)).encode()\n"
      "    await start(send)\n"
      "    for i in range(3):\n"
      "        made.append(i)\n"
      "        await piece(send, b'%d' % i, i < 2)\n"
      "made = []\n");
  const Client client;
  client.StopReading();
  Send(Of(Get("/")), client);
  ASSERT_TRUE(client.AwaitStreamed("0"));

  EXPECT_EQ(BodyOf(Send(Of(Get("/made")))), "1");
  client.ReadOn();

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kFinished);
  EXPECT_EQ(client.streamed(), "012");
}

constexpr const char* kReadsAll =
    "    parts = []\n"
    "    while True:\n"
    "        message = await receive()\n"
    "        if message['type'] == 'http.disconnect': return b'disconnect'\n"
    "        parts.append(message['body'].decode())\n"
    "        if not message['more_body']: return json.dumps(parts).encode()\n";

TEST_F(AsgiTest, ABodyInPiecesIsReceivedAsItComes) {
  ServeAnswer(kReadsAll);
  const Client client;
  Send(Streamed(Get("/"), client), client);

  client.SendBody("one");
  client.SendBody("two");
  client.EndBody();

  EXPECT_EQ(BodyOf(client), R"(["one", "two", ""])");
}

TEST_F(AsgiTest, ABodyThatEndsEarlyIsADisconnect) {
  ServeAnswer(
      "    await receive()\n"
      "    message = await receive()\n"
      "    seen.append(message['type'])\n"
      "    again = await receive()\n"
      "    seen.append(again['type'])\n"
      "seen = []\n");
  const Client client;
  Send(Streamed(Get("/"), client), client);
  client.SendBody("half");

  client.GoAway();

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kAbandoned);
}

TEST_F(AsgiTest, HearsThatTheClientWentAway) {
  ServeAnswer(
      "    await receive()\n"
      "    seen.append((await receive())['type'])\n"
      "    seen.append((await receive())['type'])\n"
      "    print(*seen, flush=True)\n"
      "seen = []\n");
  ::testing::internal::CaptureStdout();
  const Client client = Send(Of(Get("/")));
  ASSERT_TRUE(client.AwaitWatched());

  client.GoAway();

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kAbandoned);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "http.disconnect http.disconnect\n");
}

TEST_F(AsgiTest, SendingToAClientThatWentAwayRaisesAndIsNoFailure) {
  ServeAnswer(
      "    await start(send)\n"
      "    try:\n"
      "        while True:\n"
      "            await piece(send, b'more')\n"
      "            await asyncio.sleep(0)\n"
      "    except OSError as error: print('raised', flush=True); raise\n");
  ::testing::internal::CaptureStdout();
  const Client client = Send(Of(Get("/")));
  ASSERT_TRUE(client.AwaitStreamed("more"));

  client.GoAway();

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "raised\n");
}

TEST_F(AsgiTest, WhoAsksIsToldThatTheClientSendsNoMoreAndMayAnswerIt) {
  ServeAnswer(
      "    await receive()\n"
      "    told = (await receive())['type'].encode()\n"
      "    if scope['path'] == '/whole': return told\n"
      "    await start(send)\n"
      "    await piece(send, b'first ')\n"
      "    await piece(send, told, False)\n");
  const Client whole;
  const Client stream;
  whole.HalfClose();
  stream.HalfClose();

  Send(Of(Get("/whole")), whole);
  Send(Of(Get("/stream")), stream);

  EXPECT_EQ(BodyOf(whole), "http.disconnect");
  EXPECT_EQ(stream.AwaitEnd(), ReplyEnd::kFinished);
  EXPECT_EQ(stream.streamed(), "first http.disconnect");
}

TEST_F(AsgiTest, WhoIsToldThatTheClientSendsNoMoreNeedNotAnswer) {
  ServeAnswer(
      "    await receive()\n"
      "    await receive()\n");
  ::testing::internal::CaptureStdout();
  const Client client;
  client.HalfClose();

  Send(Of(Get("/")), client);

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kAbandoned);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

TEST_F(AsgiTest, AStreamIsToldThatTheClientSendsNoMore) {
  ServeAnswer(
      "    await receive()\n"
      "    await start(send)\n"
      "    await piece(send, b'first ')\n"
      "    await piece(send, (await receive())['type'].encode(), False)\n");
  const Client client = Send(Of(Get("/")));
  ASSERT_TRUE(client.AwaitStreamed("first"));

  client.HalfClose();

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kFinished);
  EXPECT_EQ(client.streamed(), "first http.disconnect");
}

TEST_F(AsgiTest, AWriteThatWaitsEndsWhenTheClientGoesAway) {
  ServeAnswer("    await start(send)\n    while True: await piece(send, b'more')\n");
  const Client client;
  client.StopReading();
  Send(Of(Get("/")), client);
  ASSERT_TRUE(client.AwaitStreamed("more"));

  client.GoAway();

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);
}

TEST_F(AsgiTest, AGeneratorInACycleIsClosedWhenTheClientGoesAway) {
  ServeAnswer(
      "    if scope['path'] == '/closed': return str(len(closed)).encode()\n"
      "    async def pieces():\n"
      "        try:\n"
      "            while True: yield b'more'\n"
      "        finally: closed.append(True)\n"
      "    await start(send)\n"
      "    stream = pieces()\n"
      "    try:\n"
      "        async for one in stream: await piece(send, one)\n"
      "    except OSError as error:\n"
      "        kept = error\n"
      "        raise\n"
      "closed = []\n");
  const Client client;
  client.StopReading();
  Send(Of(Get("/")), client);
  ASSERT_TRUE(client.AwaitStreamed("more"));

  client.GoAway();
  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);

  EXPECT_EQ(BodyOf(Send(Of(Get("/closed")))), "1");
}

TEST_F(AsgiTest, AFailureThatATaskHandsToAClientWhoIsGoneLeavesThatTaskAlone) {
  ServeAnswer(
      "    global worker, jobs\n"
      "    if worker is None:\n"
      "        jobs = asyncio.Queue()  # Up to Python 3.9 it belongs to the loop it is made on.\n"
      "        worker = asyncio.ensure_future(work())\n"
      "    if scope['path'] == '/gone':\n"
      "        await receive()\n"
      "        await receive()\n"
      "    future = asyncio.get_running_loop().create_future()\n"
      "    jobs.put_nowait(future)\n"
      "    if scope['path'] == '/gone': await future\n"
      "    try: await asyncio.wait((future, worker), return_when=asyncio.FIRST_COMPLETED)\n"
      "    finally: jobs.put_nowait(None)\n"
      "    return repr(future.exception() if future.done() else worker).encode()\n"
      "worker, jobs = None, None\n"
      "async def work():\n"
      "    while (future := await jobs.get()) is not None:\n"
      "        try: raise ValueError('job')\n"
      "        except Exception as error: future.set_exception(error)\n"
      "        del future\n");
  const Client client = Send(Of(Get("/gone")));
  ASSERT_TRUE(client.AwaitWatched());

  client.GoAway();
  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kAbandoned);

  EXPECT_EQ(BodyOf(Send(Of(Get("/")))), "ValueError('job')");
}

TEST_F(AsgiTest, ListeningAgainAndAgainKeepsNothing) {
  ServeAnswer(
      "    await receive()\n"
      "    for _ in range(100):\n"
      "        listener = asyncio.ensure_future(receive())\n"
      "        await asyncio.sleep(0)\n"
      "        listener.cancel()\n"
      "        await asyncio.gather(listener, return_exceptions=True)\n"
      "    return str(len(receive.__self__._listeners)).encode()\n");

  EXPECT_EQ(BodyOf(Send(Of(Get("/")))), "0");
}

TEST_F(AsgiTest, ListeningForADisconnectEndsWithTheResponse) {
  ServeAnswer(
      "    await receive()\n"
      "    listener = asyncio.ensure_future(receive())\n"
      "    await start(send)\n"
      "    await piece(send, b'done', False)\n"
      "    print((await listener)['type'], flush=True)\n");
  ::testing::internal::CaptureStdout();

  EXPECT_EQ(BodyOf(Send(Of(Get("/")))), "done");

  python_.reset();  // Waits for the task.
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "http.disconnect\n");
}

TEST_F(AsgiTest, AFailureBeforeTheResponseIsItsAnswer) {
  ServeAnswer("    raise KeyError('gone wrong')\n");

  const auto document = nlohmann::json::parse(FailureOf(Send(Of(Get("/")))));

  EXPECT_EQ(document["errorType"], "KeyError");
  EXPECT_EQ(document["stackTrace"].size(), 2U);  // app and answer: no frame of ours.
}

TEST_F(AsgiTest, AFailureAfterAHeldStartIsItsAnswerToo) {
  ServeAnswer("    await start(send)\n    raise KeyError('gone wrong')\n");

  EXPECT_THAT(FailureOf(Send(Of(Get("/")))), HasSubstr("KeyError"));
}

TEST_F(AsgiTest, AFailureAmidThePiecesCutsTheReplyOffAndIsLogged) {
  ServeAnswer(
      "    await start(send)\n    await piece(send, b'first')\n    raise KeyError('gone wrong')\n");
  ::testing::internal::CaptureStdout();

  const Client client = Send(Of(Get("/")));

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);
  EXPECT_EQ(client.streamed(), "first");
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("gone wrong"));
}

TEST_F(AsgiTest, WhatItRaisesDoesNotEndTheServer) {
  ServeAnswer(
      "    if scope['path'] == '/exit': raise SystemExit(3)\n"
      "    if scope['path'] == '/cancel': raise asyncio.CancelledError\n"
      "    return b'alive'\n");

  EXPECT_THAT(FailureOf(Send(Of(Get("/exit")))), HasSubstr("SystemExit"));
  EXPECT_THAT(FailureOf(Send(Of(Get("/cancel")))), HasSubstr("CancelledError"));
  EXPECT_EQ(BodyOf(Send(Of(Get("/")))), "alive");
}

struct Misuse {
  const char* code;
  const char* message;
};

class AsgiMisuseTest : public AsgiTest, public ::testing::WithParamInterface<Misuse> {};

TEST_P(AsgiMisuseTest, SaysWhatIsWrong) {
  ServeAnswer(std::string("    ") + GetParam().code + "\n");

  EXPECT_THAT(FailureOf(Send(Of(Get("/")))), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Misuses, AsgiMisuseTest,
    ::testing::Values(Misuse{"pass", "returned without a response"},
                      Misuse{"await start(send)", "returned without a response"},
                      Misuse{"await piece(send, b'')",
                             "sent 'http.response.body' where http.response.start was expected"},
                      Misuse{"await start(send); await start(send)",
                             "sent 'http.response.start' where http.response.body was expected"},
                      Misuse{"await send({'type': 'x'})",
                             "sent 'x' where http.response.start was expected"},
                      Misuse{"await start(send, 150)", "a response cannot have the status 150"},
                      Misuse{"await start(send); await piece(send, 'text', False)", "TypeError"},
                      Misuse{"await send({'type': 'http.response.start', 'status': 200, 'headers': "
                             "[(b'a\\n', b'')]})",
                             "has a name that is no HTTP token"},
                      Misuse{"await send({'type': 'http.response.start', 'status': 200, 'headers': "
                             "[(b'a', b'\\0')]})",
                             "has a line break in its value"}));

TEST_F(AsgiTest, AReplyThatIsNotFinishedIsCutOff) {
  ServeAnswer("    await start(send)\n    await piece(send, b'first')\n");

  const Client client = Send(Of(Get("/")));

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);
}

TEST_F(AsgiTest, SendingAfterTheEndIsAnError) {
  ServeAnswer(
      "    await start(send)\n    await piece(send, b'done', False)\n"
      "    try: await piece(send, b'more')\n"
      "    except RuntimeError as error: print(error, flush=True)\n");
  ::testing::internal::CaptureStdout();

  EXPECT_EQ(BodyOf(Send(Of(Get("/")))), "done");

  python_.reset();
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("where nothing was expected"));
}

TEST_F(AsgiTest, IsCancelledAtItsDeadlineAndTheAnswerSaysWhereItStood) {
  ServeAnswer(
      "    try: await asyncio.sleep(1000)\n"
      "    finally: print('unwound', flush=True)\n");
  Invocation invocation = Of(Get("/"));
  invocation.function.timeout_s = 3;
  invocation.deadline = Deadline(Deadline::Clock::now());
  ::testing::internal::CaptureStdout();

  const Client client = Send(std::move(invocation));

  const auto document = nlohmann::json::parse(FailureOf(client));
  EXPECT_EQ(document["errorType"], "FunctionTimeout");
  EXPECT_EQ(document["errorMessage"], "Function timed out after 3 seconds");
  EXPECT_THAT(document["stackTrace"].dump(), HasSubstr("in answer"));
  EXPECT_TRUE(client.ends_itself());
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("unwound\n"));
}

TEST_F(AsgiTest, OnlyThoseWhoseDeadlineHasComeAreCancelled) {
  ServeAnswer(
      "    if scope['path'] == '/open': gate.append(1); return b''\n"
      "    while not gate: await asyncio.sleep(0.001)\n"
      "    return b'in time'\n"
      "gate = []\n");
  Invocation late = Of(Get("/"));
  late.deadline = Deadline::After(std::chrono::hours(1));
  Invocation early = Of(Get("/"));
  early.deadline = Deadline(Deadline::Clock::now());

  const Client in_time = Send(std::move(late));
  EXPECT_THAT(FailureOf(Send(std::move(early))), HasSubstr("FunctionTimeout"));
  Send(Of(Get("/open")));

  EXPECT_EQ(BodyOf(in_time), "in time");
}

TEST_F(AsgiTest, AnApplicationOfAsgi2IsServed) {
  Serve(
      "class app:\n"
      "    def __init__(self, scope): self.scope = scope\n"
      "    async def __call__(self, receive, send):\n"
      "        await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
      "        await send({'type': 'http.response.body', 'body': self.scope['path'].encode()})\n");

  EXPECT_EQ(BodyOf(Send(Of(Get("/two")))), "/two");
}

TEST_F(AsgiTest, AChildThatTheApplicationForksAnswersNothing) {
  ServeAnswer(
      "    child = os.fork()\n"
      "    if child == 0: return b'from the child'\n"
      "    return str(os.WEXITSTATUS(os.waitpid(child, 0)[1])).encode()\n");

  EXPECT_EQ(BodyOf(Send(Of(Get("/")))), "0");
}

TEST_F(AsgiTest, ThreadsOfTheApplicationRunBesideTheLoop) {
  ServeAnswer(
      "    loop = asyncio.get_running_loop()\n"
      "    return await loop.run_in_executor(None, lambda: b'from a thread')\n");

  EXPECT_EQ(BodyOf(Send(Of(Get("/")))), "from a thread");
}

}  // namespace
}  // namespace openfc::python
