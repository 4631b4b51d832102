// The custom-runtime contract with a web application; and functions that stream.

#include "tests/conformance/http_row.h"

#include <gmock/gmock.h>

namespace openfc::testing {
namespace {

const std::string kWsgi =
    "def app(environ, start_response):\n"
    "    body = environ['wsgi.input'].read()\n"
    "    start_response('201 Created', [('X-A', 'b'), ('Date', 'today'), ('X-Fc-A', 'b')])\n"
    "    return [environ['REQUEST_METHOD'].encode(), b' ', environ['PATH_INFO'].encode(), b' ', "
    "body]\n"
    "def initialize(context):\n    return 'done'\n";

const std::string kAsgi =
    "async def app(scope, receive, send):\n"
    "    assert scope['type'] == 'http'\n"
    "    body = (await receive())['body']\n"
    "    await send({'type': 'http.response.start', 'status': 201, 'headers': [(b'x-a', b'b')]})\n"
    "    text = scope['method'] + ' ' + scope['path'] + ' ' + body.decode()\n"
    "    await send({'type': 'http.response.body', 'body': text.encode()})\n"
    "async def initialize(context):\n    return 'done'\n";

const HttpInstance::Variables kApp = {{"FC_FUNCTION_HANDLER", "index.app"}};

HttpInstance::Variables With(HttpInstance::Variables variables) {
  variables.insert(kApp.begin(), kApp.end());
  return variables;
}

/// Every path is the application's, also those that mean something to an event handler.
std::vector<HttpExchange> AllPaths() {
  return {{{.body = "text"}, Answers(201, "POST /invoke text", {{"X-A", "b"}})},
          {{.method = "GET", .target = "/healthz"}, Answers(201, "GET /healthz ")},
          {{.method = "PUT", .target = "/any?a=1", .body = "b"}, Answers(201, "PUT /any b")},
          {{.target = "/initialize", .headers = {{"x-fc-control-path", "/initialize"}}},
           Answers(201, "POST /initialize ")},
          {{.target = "/e", .headers = {{"ce-specversion", "1.0"}, {"ce-id", "1"}}, .body = "data"},
           Answers(201, "POST /e data")}};
}

HttpExpectation HasNone(const std::string& name) {
  return [name](const HttpReply& reply, HttpInstance& /*instance*/) {
    EXPECT_FALSE(reply.Header(name)) << name;
  };
}

HttpRow Streaming(const std::string& rule, const std::string& code) {
  return {
      .rule = rule,
      .code = code,
      .exchanges = {
          {{}, Answers(200, "ab", {{"x-fc-status", "200"}, {"Transfer-Encoding", "chunked"}})}}};
}

const std::vector<HttpRow> kApplications = {
    {.rule = "LeavesEveryRequestToAWsgiApplication",
     .code = kWsgi,
     .exchanges = AllPaths(),
     .environment = kApp},
    {.rule = "LeavesEveryRequestToAnAsgiApplication",
     .code = kAsgi,
     .exchanges = AllPaths(),
     .environment = kApp},
    {.rule = "CallsAHookThatIsConfiguredBesideAWsgiApplication",
     .code = kWsgi,
     .exchanges = {{{.target = "/initialize"}, Succeeds("done")}},
     .environment = With({{"FC_INITIALIZER_HANDLER", "index.initialize"}})},
    {.rule = "CallsAHookThatIsConfiguredBesideAnAsgiApplication",
     .code = kAsgi,
     .exchanges = {{{.target = "/initialize"}, Succeeds("done")}},
     .environment = With({{"FC_INITIALIZER_HANDLER", "index.initialize"}})},
    {.rule = "TakesTheHealthPathFromAnApplicationWhereItIsSet",
     .code = kWsgi,
     .exchanges = {{{}, Answers(201, "POST /invoke ")},
                   {{.method = "GET", .target = "/live"}, IsHealthy()}},
     .environment = With({{"OPENFC_HEALTH_PATH", "/live"}})},
    {.rule = "LetsNoReservedHeaderOfAnApplicationThrough",
     .code = kWsgi,
     .exchanges = {{{}, HasNone("Date")}, {{}, HasNone("X-Fc-A")}},
     .environment = kApp},
    {.rule = "AnswersAnApplicationsFailureWith502AndTheError",
     .code = "def app(environ, start_response):\n    raise ValueError('text')\n",
     .exchanges = {{{}, Fails(502, "ValueError", "text")}},
     .environment = kApp},
    {.rule = "CallsAFunctionAsTheFlagSays",
     .code = "def app(a, b):\n    b('200 OK', [])\n    return [a['PATH_INFO'].encode()]\n",
     .exchanges = {{{.target = "/p"}, Answers(200, "/p")}},
     .environment = kApp,
     .arguments = {"--interface", "wsgi"}},
};

OPENFC_HTTP_ROWS(HttpApplications, kApplications);

const std::vector<HttpRow> kStreams = {
    Streaming("StreamsWhatAGeneratorYields",
              "def handler(event, context):\n    yield 'a'\n    yield 'b'\n"),
    Streaming("StreamsWhatAnAsynchronousGeneratorYields",
              "async def handler(event, context):\n    yield 'a'\n    yield 'b'\n"),
    {.rule = "EndsTheLogOfAStreamWithIt",
     .code = "def handler(event, context):\n    yield 'a'\n    print('out')\n",
     .exchanges = {{{}, Answers(200, "a")}},
     .log = "FunctionCompute python3 runtime inited.\n"
            "FC Invoke Start RequestId: {ID}\nout\nFC Invoke End RequestId: {ID}\n"},
    {.rule = "TellsTheFunctionTheAttributesOfACloudEvent",
     .code = Returns("json.dumps([event.decode(), context.cloud_event])"),
     .exchanges = {{{.target = "/",
                     .headers = {{"Content-Type", "application/cloudevents+json"}},
                     .body = R"({"specversion":"1.0","id":"7","source":"s","type":"t","data":1})"},
                    AnswersJson([](const nlohmann::json& answer) {
                      EXPECT_EQ(answer, nlohmann::json({"1",
                                                        {{"specversion", "1.0"},
                                                         {"id", "7"},
                                                         {"source", "s"},
                                                         {"type", "t"}}}));
                    })},
                   {{.body = "e"}, Succeeds("[\"e\", null]")}}},
};

OPENFC_HTTP_ROWS(HttpStreams, kStreams);

}  // namespace
}  // namespace openfc::testing
