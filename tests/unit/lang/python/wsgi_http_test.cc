// Web applications of the WSGI kind, in the HTTP mode.

#include "tests/unit/lang/python/web_test.h"

#include <nlohmann/json.hpp>

#include <thread>

namespace openfc::python {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing::ReplyEnd;

class WsgiHttpTest : public WebTest {
 protected:
  /// The environ of a request: what the application finds under `names`.
  nlohmann::json Environ(HttpRequest request, const std::string& names, std::string body = {}) {
    Serve(
        "import json\n"
        "def app(environ, start_response):\n"
        "    start_response('200 OK', [])\n"
        "    found = {n: environ.get(n) for n in '" +
        names +
        "'.split()}\n"
        "    return [json.dumps(found).encode()]\n");
    return nlohmann::json::parse(BodyOf(Send(Of(std::move(request), std::move(body)))));
  }

  /// What comes of an application with this body.
  Client Run(const std::string& body, Invocation invocation) {
    Serve("import sys\nlog = []\ndef app(environ, start_response):\n" + body);
    return Send(std::move(invocation));
  }
  Client Run(const std::string& body) { return Run(body, Of(Get("/"))); }

  static std::string FailureOf(const Client& client) {
    const Outcome outcome = client.AwaitOutcome();
    const auto* failure = std::get_if<Failure>(&outcome);
    return failure == nullptr ? "no failure" : failure->document;
  }
};

TEST_F(WsgiHttpTest, FindsTheRequestInItsEnviron) {
  HttpRequest request = Get("/a%20b/%C3%A9?x=%41&y");
  request.method = "PUT";
  request.headers = {{"Host", "h"}, {"X-One", "1"}, {"Content-Type", "text/x"}, {"x-one", "2"}};

  const auto found = Environ(std::move(request),
                             "REQUEST_METHOD SCRIPT_NAME PATH_INFO QUERY_STRING CONTENT_TYPE "
                             "CONTENT_LENGTH HTTP_HOST HTTP_X_ONE HTTP_CONTENT_TYPE SERVER_NAME "
                             "SERVER_PORT SERVER_PROTOCOL REMOTE_ADDR REMOTE_PORT fc.request_uri",
                             "body");

  EXPECT_EQ(found, nlohmann::json::parse(R"({
    "REQUEST_METHOD": "PUT", "SCRIPT_NAME": "", "PATH_INFO": "/a b/\u00c3\u00a9",
    "QUERY_STRING": "x=%41&y", "CONTENT_TYPE": "text/x", "CONTENT_LENGTH": "4", "HTTP_HOST": "h",
    "HTTP_X_ONE": "1,2", "HTTP_CONTENT_TYPE": null, "SERVER_NAME": "192.0.2.1",
    "SERVER_PORT": "9000", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "192.0.2.7",
    "REMOTE_PORT": "4711", "fc.request_uri": "/a%20b/%C3%A9?x=%41&y"})"));
}

TEST_F(WsgiHttpTest, FindsNoLengthWhereThereIsNoBody) {
  EXPECT_EQ(Environ(Get("/"), "CONTENT_LENGTH"),
            nlohmann::json::parse(R"({"CONTENT_LENGTH":null})"));

  HttpRequest empty = Get("/");
  empty.headers = {{"Content-Length", "0"}};
  EXPECT_EQ(Environ(std::move(empty), "CONTENT_LENGTH"),
            nlohmann::json::parse(R"({"CONTENT_LENGTH":"0"})"));
}

TEST_F(WsgiHttpTest, FindsWhatPep3333Asks) {
  options_.concurrent_limit = 1;

  const auto found = Environ(Get("/"),
                             "wsgi.version wsgi.url_scheme wsgi.multithread wsgi.multiprocess "
                             "wsgi.run_once wsgi.input_terminated");

  EXPECT_EQ(found, nlohmann::json::parse(R"({
    "wsgi.version": [1, 0], "wsgi.url_scheme": "http", "wsgi.multithread": false,
    "wsgi.multiprocess": false, "wsgi.run_once": false, "wsgi.input_terminated": true})"));
}

TEST_F(WsgiHttpTest, DoesNotFindTheProcesssEnvironment) {
  ::setenv("OPENFC_TEST_VARIABLE", "1", 1);

  EXPECT_EQ(Environ(Get("/"), "OPENFC_TEST_VARIABLE PATH").dump(),
            R"({"OPENFC_TEST_VARIABLE":null,"PATH":null})");
}

TEST_F(WsgiHttpTest, AHeaderWithAnUnderscoreCannotPassForAnother) {
  HttpRequest request = Get("/");
  request.headers = {{"X-User", "real"}, {"X_User", "forged"}};

  EXPECT_EQ(Environ(std::move(request), "HTTP_X_USER").dump(), R"({"HTTP_X_USER":"real"})");
}

TEST_F(WsgiHttpTest, TheBasePathIsItsScriptNameWhetherOrNotTheTargetHasIt) {
  for (const char* target : {"/proxy/f/list?a=1", "/list?a=1"}) {
    HttpRequest request = Get(target);
    request.base_path = "/proxy/f/";
    EXPECT_EQ(Environ(std::move(request), "PATH_INFO SCRIPT_NAME QUERY_STRING").dump(),
              R"({"PATH_INFO":"/list","QUERY_STRING":"a=1","SCRIPT_NAME":"/proxy/f"})");
  }
}

TEST_F(WsgiHttpTest, FindsItsContext) {
  Invocation invocation = Of(Get("/"));
  invocation.credentials.access_key_id = "key";

  const Client client =
      Run("    start_response('200 OK', [])\n"
          "    context = environ['fc.context']\n"
          "    return [context.request_id.encode(), context.credentials.accessKeyId.encode()]\n",
          std::move(invocation));

  EXPECT_EQ(BodyOf(client), "r-1key");
}

TEST_F(WsgiHttpTest, AnswersWholeWhatComesInOnePiece) {
  for (const char* body :
       {"[b'one']", "[b'o', b'ne']", "(b'o', 'ne')", "b'one'", "'one'", "iter([b'one'])"}) {
    const Client client = Run(std::string("    start_response('201 Made', [('X-A', '1'), "
                                          "('X-A', '2'), ('Content-Length', '3')])\n"
                                          "    return ") +
                              body);
    const Response response = ResponseOf(client);
    EXPECT_EQ(response.body, "one") << body;
    EXPECT_EQ(response.status, 201);
    EXPECT_THAT(response.headers,
                ElementsAre(Pair("X-A", "1"), Pair("X-A", "2"), Pair("Content-Length", "3")));
  }
}

TEST_F(WsgiHttpTest, AnEmptyResponseIsWhole) {
  for (const char* body : {"[]", "[b'']", "iter([])", "iter([b'', b''])"}) {
    const Client client =
        Run(std::string("    start_response('204 No Content', [])\n    return ") + body);
    EXPECT_EQ(ResponseOf(client).status, 204) << body;
  }
}

TEST_F(WsgiHttpTest, EachPieceIsSentBeforeTheNextIsMade) {
  options_.concurrent_limit = 2;
  Serve(
      "import threading\ngate = threading.Event()\n"
      "def app(environ, start_response):\n"
      "    if environ['PATH_INFO'] == '/open': gate.set()\n"
      "    start_response('200 OK', [('X-A', '1')])\n"
      "    yield b'first'\n"
      "    gate.wait()\n"
      "    yield b''\n"
      "    yield b'second'\n");
  const Client client;
  std::jthread slot([&] { Send(Of(Get("/")), client); });

  ASSERT_TRUE(client.AwaitStreamed("first"));
  Send(Of(Get("/open")));

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kFinished);
  EXPECT_EQ(client.streamed(), "firstsecond");
  EXPECT_EQ(client.chunks(), 2);
  EXPECT_THAT(client.head()->headers, ElementsAre(Pair("X-A", "1")));
}

TEST_F(WsgiHttpTest, WhatIsWrittenComesFirstAndAtOnce) {
  const Client client =
      Run("    write = start_response('200 OK', [])\n"
          "    write(b'written ')\n"
          "    return [b'returned']\n");

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kFinished);
  EXPECT_EQ(client.streamed(), "written returned");
}

TEST_F(WsgiHttpTest, TheResponseMayBeStartedWithItsFirstPiece) {
  const Client client = Run("    yield b''\n    start_response('202 Later', [])\n    yield b'x'\n");

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kFinished);
  EXPECT_EQ(client.head()->status, 202);
}

constexpr const char* kClosing =
    "    class Result:\n"
    "        def __iter__(self): return iter(pieces)\n"
    "        def close(self): print('closed', flush=True)\n";

TEST_F(WsgiHttpTest, TheResultIsClosedHoweverItEnds) {
  const char* const endings[] = {"[b'a', b'b']", "[b'a', None]", "[]"};
  for (const char* pieces : endings) {
    ::testing::internal::CaptureStdout();
    const Client client = Run(std::string("    pieces = ") + pieces + "\n" + kClosing +
                              "    start_response('200 OK', [])\n    return Result()\n");
    EXPECT_NE(client.AwaitEnd(), ReplyEnd::kOpen);
    EXPECT_EQ(::testing::internal::GetCapturedStdout().find("closed\n") != std::string::npos, true)
        << pieces;
  }
}

TEST_F(WsgiHttpTest, TheResultIsClosedWhenTheClientGoesAway) {
  options_.concurrent_limit = 2;
  Serve(
      "import threading\nclosed = threading.Event()\n"
      "def app(environ, start_response):\n"
      "    start_response('200 OK', [])\n"
      "    if environ['PATH_INFO'] == '/closed': return [str(closed.wait(30)).encode()]\n"
      "    return endless()\n"
      "def endless():\n"
      "    try:\n"
      "        while True: yield b'more'\n"
      "    finally: closed.set()\n");
  const Client client;
  std::jthread slot([&] { Send(Of(Get("/")), client); });
  ASSERT_TRUE(client.AwaitStreamed("moremore"));

  client.GoAway();

  EXPECT_EQ(BodyOf(Send(Of(Get("/closed")))), "True");
  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);
}

TEST_F(WsgiHttpTest, ASlowClientHoldsTheApplicationBack) {
  options_.concurrent_limit = 2;
  Serve(
      "import threading\nmade = []\n"
      "def app(environ, start_response):\n"
      "    start_response('200 OK', [])\n"
      "    if environ['PATH_INFO'] == '/made': return [str(len(made)).encode()]\n"
      "    return pieces()\n"
      "def pieces():\n"
      "    for i in range(3):\n"
      "        made.append(i)\n"
      "        yield b'%d' % i\n");
  const Client client;
  client.StopReading();
  std::jthread slot([&] { Send(Of(Get("/")), client); });
  ASSERT_TRUE(client.AwaitBegun());

  EXPECT_EQ(BodyOf(Send(Of(Get("/made")))), "1");
  client.ReadOn();

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kFinished);
  EXPECT_EQ(client.streamed(), "012");
}

TEST_F(WsgiHttpTest, AFailureAmidThePiecesCutsTheReplyOffAndIsLogged) {
  ::testing::internal::CaptureStdout();

  const Client client = Run(
      "    start_response('200 OK', [])\n    yield b'first'\n    raise KeyError('gone wrong')\n");

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);
  EXPECT_EQ(client.streamed(), "first");
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("gone wrong"));
}

TEST_F(WsgiHttpTest, AFailureBeforeTheFirstPieceIsItsAnswer) {
  const Client client =
      Run("    start_response('200 OK', [])\n    raise KeyError('x')\n    yield b''\n");

  EXPECT_THAT(FailureOf(client), HasSubstr("KeyError"));
}

struct Misuse {
  const char* code;
  const char* message;
};

class StartResponseTest : public WsgiHttpTest, public ::testing::WithParamInterface<Misuse> {};

TEST_P(StartResponseTest, SaysWhatIsWrong) {
  const Client client = Run(std::string("    ") + GetParam().code + "\n    return [b'x']\n");

  EXPECT_THAT(FailureOf(client), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Misuses, StartResponseTest,
    ::testing::Values(
        Misuse{"pass", "the application did not call start_response"},
        Misuse{"start_response(200, [])", "the status must be a str, not int"},
        Misuse{"start_response('OK', [])", "invalid literal for int() with base 10: 'OK'"},
        Misuse{"start_response('99 Early', [])", "a response cannot have the status 99"},
        Misuse{"start_response('101 Switching', [])", "a response cannot have the status 101"},
        Misuse{"start_response('200 OK', ())", "the headers must be a list, not tuple"},
        Misuse{"start_response('200 OK', [('a', 'b', 'c')])", "must be a pair of a name and a"},
        Misuse{"start_response('200 OK', [('a', 1)])", "a response header is of type int"},
        Misuse{"start_response('200 OK', [('a b', '1')])", "has a name that is no HTTP token"},
        Misuse{"start_response('200 OK', [('', '1')])", "has a name that is no HTTP token"},
        Misuse{"start_response('200 OK', [('a', 'b\\r\\nc: d')])",
               "the response header a has a line break in its value"},
        Misuse{"start_response('200 OK', [('a', '\\u20ac')])", "UnicodeEncodeError"},
        Misuse{"start_response('200 OK', []); start_response('200 OK', [])",
               "start_response was called again without exc_info"},
        Misuse{"start_response('200 OK', []); return None", "invalid response type"},
        Misuse{"start_response('200 OK', []); return [1]", "but must be bytes or str"}));

TEST_F(WsgiHttpTest, AnErrorMayReplaceWhatWasNotSent) {
  const Client client =
      Run("    start_response('200 OK', [('X-A', '1')])\n"
          "    try: raise ValueError\n"
          "    except ValueError: start_response('500 Oops', [], sys.exc_info())\n"
          "    return [b'sorry']\n");

  EXPECT_EQ(ResponseOf(client).status, 500);
  EXPECT_TRUE(ResponseOf(client).headers.empty());
}

TEST_F(WsgiHttpTest, AnErrorAfterTheBeginningIsRaisedAgain) {
  const Client client =
      Run("    write = start_response('200 OK', [])\n"
          "    write(b'begun')\n"
          "    try: raise ValueError('late')\n"
          "    except ValueError: start_response('500 Oops', [], sys.exc_info())\n"
          "    return [b'sorry']\n");

  EXPECT_EQ(client.AwaitEnd(), ReplyEnd::kCutOff);
  EXPECT_EQ(client.streamed(), "begun");
}

TEST_F(WsgiHttpTest, HeadersOfTheConnectionAreTheServersAffair) {
  const Client client =
      Run("    start_response('200 OK', [('Connection', 'close'), ('Keep-Alive', '5'),\n"
          "        ('Transfer-Encoding', 'chunked'), ('X-A', '1')])\n"
          "    return [b'']\n");

  EXPECT_THAT(ResponseOf(client).headers, ElementsAre(Pair("X-A", "1")));
}

constexpr const char* kReads =
    "import json\n"
    "def app(environ, start_response):\n"
    "    start_response('200 OK', [])\n"
    "    body = environ['wsgi.input']\n"
    "    return [json.dumps([x.decode() for x in (body.read(3), body.readline(),\n"
    "                        *body.readlines())] + [environ.get('CONTENT_LENGTH')]).encode()]\n";

TEST_F(WsgiHttpTest, ReadsABodyThatCameWhole) {
  Serve(kReads);

  EXPECT_EQ(BodyOf(Send(Of(Get("/"), "one two\nthree\nfour"))),
            R"(["one", " two\n", "three\n", "four", "18"])");
}

TEST_F(WsgiHttpTest, ReadsABodyThatComesInPieces) {
  Serve(kReads);
  const Client client;
  for (const char* piece : {"on", "e two\nth", "ree\nf", "our", ""}) client.SendBody(piece);

  Send(Streamed(Get("/"), client), client);

  EXPECT_EQ(BodyOf(client), R"(["one", " two\n", "three\n", "four", null])");
}

TEST_F(WsgiHttpTest, ABodyThatEndsEarlyIsAnErrorOfReading) {
  Serve(
      "def app(environ, start_response):\n"
      "    start_response('200 OK', [])\n"
      "    try: return [environ['wsgi.input'].read()]\n"
      "    except ConnectionResetError as error: return [b'reset']\n");
  const Client client;
  client.SendBody("half");
  client.GoAway();

  Send(Streamed(Get("/"), client), client);

  EXPECT_EQ(BodyOf(client), "reset");
}

TEST_F(WsgiHttpTest, SaysThatThreadsAreSeveralAboveOneAtATime) {
  options_.concurrent_limit = 2;

  EXPECT_EQ(Environ(Get("/"), "wsgi.multithread").dump(), R"({"wsgi.multithread":true})");
}

TEST_F(WsgiHttpTest, SaysThatProcessesAreSeveralBelowATemplate) {
  Serve(
      "def app(environ, start_response):\n    start_response('200 OK', [])\n"
      "    return [str(environ['wsgi.multiprocess']).encode()]\n");
  python_->ServeInForkedProcess();
  const Client client = Send(Of(Get("/")));

  EXPECT_EQ(BodyOf(client), "True");
}

TEST_F(WsgiHttpTest, HasOneContextForAllWhoLookAtIt) {
  const Client client =
      Run("    start_response('200 OK', [])\n"
          "    context = environ['fc.context']\n"
          "    context.mine = context.function\n"
          "    context.function.name = 'mine'\n"
          "    again = environ['fc.context']\n"
          "    same = again.mine is again.function and again.function.name == 'mine'\n"
          "    return [repr((same, hasattr(again, 'nothing'))).encode()]\n");

  EXPECT_EQ(BodyOf(client), "(True, False)");
}

TEST_F(WsgiHttpTest, AChildThatTheApplicationForksReadsNothingOfTheBody) {
  Serve(
      "import os\n"
      "def app(environ, start_response):\n"
      "    child = os.fork()\n"
      "    if child == 0:\n"
      "        try: environ['wsgi.input'].read()\n"
      "        except ConnectionResetError: os._exit(7)\n"
      "        os._exit(8)\n"
      "    start_response('200 OK', [])\n"
      "    status = os.WEXITSTATUS(os.waitpid(child, 0)[1])\n"
      "    return [str(status).encode(), environ['wsgi.input'].read()]\n");
  const Client client;
  client.SendBody(" whole");
  client.EndBody();
  Send(Streamed(Get("/"), client), client);

  EXPECT_EQ(BodyOf(client), "7 whole");
}

TEST_F(WsgiHttpTest, AChildThatTheApplicationForksAnswersNothing) {
  const Client client =
      Run("    import os\n"
          "    start_response('200 OK', [])\n"
          "    child = os.fork()\n"
          "    if child == 0: return iter([b'from the child', b'more'])\n"
          "    return [str(os.WEXITSTATUS(os.waitpid(child, 0)[1])).encode()]\n");

  EXPECT_EQ(BodyOf(client), "0");
}

}  // namespace
}  // namespace openfc::python
