// What nobody sends by accident, over raw sockets to the real programs: refused, or served for what
// it is, and never carried over into the next request.

#include "tests/fakes/http_instance.h"
#include "tests/unit/runtime/http/bad_input_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Kind {
  const char* name;
  const char* handler;
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

/// Each says what it was asked, and takes its time where it is told to wait.
constexpr const char* kCode = R"(
import asyncio, json, time

def answer(target, body):
    print('served', target, flush=True)
    return b'<' + target.encode('utf-8', 'replace') + b'|' + body + b'>'

def asked(event):
    request = json.loads(event)
    return request['rawPath'], request['body'].encode()

def event(event, context):
    target, body = asked(event)
    if target == '/splits':
        return {'statusCode': 200, 'headers': {'X-A': '1\r\nX-B: 2'}}
    return {'statusCode': 200, 'body': answer(target, body).decode()}

async def event_async(event, context):
    target, body = asked(event)
    if target == '/splits':
        return {'statusCode': 200, 'headers': {'X-A': '1\r\nX-B: 2'}}
    await asyncio.sleep(0.01)
    return {'statusCode': 200, 'body': answer(target, body).decode()}

def wsgi(environ, start_response):
    target = environ['fc.request_uri']
    headers = [('X-A', '1\r\nX-B: 2')] if target == '/splits' else []
    start_response('200 OK', headers)
    return [answer(target, environ['wsgi.input'].read())]

async def asgi(scope, receive, send):
    if scope['type'] == 'lifespan':
        return
    target = scope['raw_path'].decode('latin-1')
    body, more = b'', True
    while more:
        message = await receive()
        if message['type'] == 'http.disconnect':
            return
        body, more = body + message['body'], message['more_body']
    await asyncio.sleep(0.01)
    headers = [(b'x-a', b'1\r\nX-B: 2')] if target == '/splits' else []
    await send({'type': 'http.response.start', 'status': 200, 'headers': headers})
    await send({'type': 'http.response.body', 'body': answer(target, body)})
)";

std::string Get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

class HttpBadInputTest : public ::testing::TestWithParam<Kind> {
 protected:
  HttpBadInputTest() : instance_(kCode) {
    instance_.Start({{"FC_FUNCTION_HANDLER", std::string("index.") + GetParam().handler}});
  }

  /// After all that was done to it, it serves, and is the process it was.
  void ExpectAlive() {
    http::RawClient client = instance_.Connect();
    client.Send(Get("/alive"));
    EXPECT_EQ(ReadReply(client).body, "</alive|>");
    EXPECT_THAT(instance_.program().output().err(), Not(HasSubstr("restart")));
  }

  HttpInstance instance_;
};

TEST_P(HttpBadInputTest, IsRefusedAndNothingAfterItIsServed) {
  for (const http::BadInput& row : http::Refused()) {
    http::RawClient client = instance_.Connect();

    client.Send(row.bytes + Get("/smuggled"));

    const std::string answers = client.ReadToEnd();
    EXPECT_THAT(answers, StartsWith("HTTP/1.1 " + std::to_string(row.status) + " ")) << row.name;
    EXPECT_EQ(answers.find("\nHTTP/1.1"), std::string::npos) << row.name << ": " << answers;
  }

  ExpectAlive();
  EXPECT_THAT(instance_.program().output().out(), Not(HasSubstr("smuggled")));
}

TEST_P(HttpBadInputTest, IsServedForWhatItIsAndTheNextRequestToo) {
  for (const http::OddInput& row : http::Served()) {
    http::RawClient client = instance_.Connect();

    client.Send(row.bytes + Get("/next"));

    const HttpReply reply = ReadReply(client);
    EXPECT_EQ(reply.status, 200) << row.name << ": " << reply.body;
    EXPECT_THAT(reply.body, HasSubstr("|" + row.body + ">")) << row.name;
    EXPECT_EQ(ReadReply(client).body, "</next|>") << row.name;
  }

  ExpectAlive();
}

TEST_P(HttpBadInputTest, AClientThatHasClosedItsSendingHalfIsAnswered) {
  http::RawClient client = instance_.Connect();

  client.Send("POST /one HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
  client.StopSending();

  EXPECT_EQ(ReadReply(client).body, "</one|abc>");
  EXPECT_EQ(client.ReadToEnd(), "");
  ExpectAlive();
}

TEST_P(HttpBadInputTest, AllThatWasPipelinedBeforeTheSendingHalfWasClosedIsAnswered) {
  http::RawClient client = instance_.Connect();

  client.Send(Get("/one") + Get("/two") + Get("/three"));
  client.StopSending();

  EXPECT_EQ(ReadReply(client).body, "</one|>");
  EXPECT_EQ(ReadReply(client).body, "</two|>");
  EXPECT_EQ(ReadReply(client).body, "</three|>");
  EXPECT_EQ(client.ReadToEnd(), "");
  ExpectAlive();
}

TEST_P(HttpBadInputTest, ASendingHalfClosedAmidABodyIsNoRequest) {
  http::RawClient client = instance_.Connect();

  client.Send("POST /cut HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  client.StopSending();

  EXPECT_EQ(client.ReadToEnd(), "");
  ExpectAlive();
  EXPECT_THAT(instance_.program().output().out(), Not(HasSubstr("/cut")));
}

TEST_P(HttpBadInputTest, AnOldClientIsAnsweredAndItsConnectionEnds) {
  http::RawClient client = instance_.Connect();

  client.Send("GET /old HTTP/1.0\r\n\r\n");

  const std::string answer = client.ReadToEnd();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("</old|>"));
}

TEST_P(HttpBadInputTest, ABodyThatIsToBeInvitedIs) {
  http::RawClient client = instance_.Connect();
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");

  client.Send("abc");

  EXPECT_EQ(ReadReply(client).body, "</x|abc>");
}

TEST_P(HttpBadInputTest, ALineBreakInAHeaderOfTheFunctionsGoesNowhere) {
  http::RawClient client = instance_.Connect();
  client.Send(Get("/splits"));

  const HttpReply reply = ReadReply(client);

  EXPECT_GE(reply.status, 500) << reply.body;
  EXPECT_FALSE(reply.Header("X-B"));
  ExpectAlive();
}

TEST_P(HttpBadInputTest, ABodyThatNeverEndsIsCutAtTheLimit) {
  http::RawClient client = instance_.Connect();
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "100000\r\n" + std::string(0x100000, 'x') + "\r\n";

  for (int sent = 0; sent < 40 && client.Send(chunk); ++sent) {  // The limit is 32 MB.
  }

  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
  ExpectAlive();
}

INSTANTIATE_TEST_SUITE_P(Kinds, HttpBadInputTest,
                         ::testing::Values(Kind{"Event", "event"},
                                           Kind{"AsyncEvent", "event_async"}, Kind{"Wsgi", "wsgi"},
                                           Kind{"Asgi", "asgi"}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace openfc::testing
