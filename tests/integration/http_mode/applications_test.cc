// Web applications and streams: the examples, and functions that wait for what the client does.

#include "tests/integration/http_mode/http_mode_test.h"

#include <fstream>
#include <sstream>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;

std::string ExampleCode(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(std::string(OPENFC_SOURCE_DIR) + "/examples/" + name + "/index.py").rdbuf();
  return text.str();
}

TEST(ExampleApplicationsTest, TheAsgiOneAnswers) {
  HttpInstance instance(ExampleCode("asgi_app"));
  instance.Start({{"FC_FUNCTION_HANDLER", "index.app"}});

  EXPECT_EQ(instance.Ask({.method = "GET", .target = "/here"}).body, "hello world, at /here");
  const HttpReply named = instance.Ask({.target = "/invoke", .body = "you"});

  EXPECT_EQ(named.status, 200);
  EXPECT_EQ(named.body, "hello you, at /invoke");
  EXPECT_EQ(named.Header("content-type"), "text/plain");
}

TEST(ExampleApplicationsTest, TheWsgiOneAnswers) {
  HttpInstance instance(ExampleCode("wsgi_app"));
  instance.Start({{"FC_FUNCTION_HANDLER", "index.app"}});

  const HttpReply reply = instance.Ask({.method = "PUT", .target = "/a%20b", .body = "text"});

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "PUT /a b\ntext");
}

TEST(ExampleApplicationsTest, TheStreamingFunctionSendsEvents) {
  HttpInstance instance(ExampleCode("streaming"));
  instance.Start();

  const HttpReply reply = instance.Invoke("one\ntwo");

  EXPECT_EQ(reply.Header("content-type"), "text/event-stream");
  EXPECT_EQ(reply.Header("transfer-encoding"), "chunked");
  EXPECT_EQ(reply.body, "data: ONE\n\ndata: TWO\n\n");
}

struct Kind {
  const char* name;
  const char* handler;
};

/// Each sends `first`, waits at the gate, sends `second`; or sends for ever, and says when it is
/// closed.
constexpr const char* kStreams = R"(
import asyncio, os
def pieces(endless):
    try:
        yield b'first'
        while endless: yield b'more' * 1000
        os.open('gate', os.O_RDONLY)
        yield b'second'
    finally:
        print('closed', flush=True)
def handler(event, context):
    return pieces(event == b'endless')
async def handler_async(event, context):
    try:
        yield b'first'
        while event == b'endless': yield b'more' * 1000
        await asyncio.get_running_loop().run_in_executor(None, os.open, 'gate', os.O_RDONLY)
        yield b'second'
    finally:
        print('closed', flush=True)
def wsgi(environ, start_response):
    event = environ['wsgi.input'].read()
    start_response('200 OK', [])
    return pieces(event == b'endless')
async def asgi(scope, receive, send):
    if scope['type'] == 'lifespan': return
    event = (await receive())['body']
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    async for piece in handler_async(event, None):
        await send({'type': 'http.response.body', 'body': piece, 'more_body': True})
    await send({'type': 'http.response.body'})
)";

class StreamsTest : public HttpModeTest, public ::testing::WithParamInterface<Kind> {
 protected:
  StreamsTest() {
    std::ofstream(instance_.code() / "index.py") << kStreams;
    instance_.Start({{"FC_FUNCTION_HANDLER", std::string("index.") + GetParam().handler}});
  }
};

TEST_P(StreamsTest, TheSecondPieceIsMadeAfterTheClientHasReadTheFirst) {
  http::RawClient client = Send("in two pieces");
  EXPECT_THAT(client.ReadUntil("first"), HasSubstr("200"));

  OpenGate();

  EXPECT_THAT(client.ReadUntil("0\r\n\r\n"), HasSubstr("second"));
}

TEST_P(StreamsTest, IsClosedWhenTheClientGoesAway) {
  {
    http::RawClient client = Send("endless");
    client.ReadUntil("first");
  }

  EXPECT_TRUE(AwaitText("closed")) << Err();
}

INSTANTIATE_TEST_SUITE_P(Kinds, StreamsTest,
                         ::testing::Values(Kind{"Generator", "handler"},
                                           Kind{"AsyncGenerator", "handler_async"},
                                           Kind{"Wsgi", "wsgi"}, Kind{"Asgi", "asgi"}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace openfc::testing
