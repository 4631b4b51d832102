// The custom-runtime contract: any other request to an event handler, and CloudEvents.

#include "tests/conformance/http_row.h"

#include <gmock/gmock.h>

namespace openfc::testing {
namespace {

using ::testing::MatchesRegex;
using Json = nlohmann::json;

const std::string kShowsEvent = Returns("event");

HttpAsk Get(const std::string& target, const HeaderPairs& headers = {}) {
  return {.method = "GET", .target = target, .headers = headers};
}

/// To an answer of that kind, what the function returns is all the same.
HttpRow Returning(const std::string& rule, const std::string& expression,
                  HttpExpectation expected) {
  return {.rule = rule,
          .code = Returns(expression),
          .exchanges = {{Get("/path"), std::move(expected)}}};
}

HttpExpectation EventWith(const std::string& key, const Json& value) {
  return AnswersJson([=](const Json& event) { EXPECT_EQ(event.at(key), value) << event; });
}

void IsTheWholeEvent(const Json& event) {
  EXPECT_EQ(event["version"], "v1");
  EXPECT_EQ(event["rawPath"], "/a%20b/c");
  EXPECT_EQ(event["headers"],
            Json({{"Host", "f.example"}, {"X-Foo-Bar", "1,2"}, {"Content-Length", "4"}}));
  EXPECT_EQ(event["queryParameters"], Json({{"x", "1,2"}, {"y", "a b"}}));
  EXPECT_EQ(event["body"], "text");
  EXPECT_EQ(event["isBase64Encoded"], false);
  const Json& context = event["requestContext"];
  EXPECT_EQ(context["accountId"], "77");
  EXPECT_EQ(context["domainName"], "f.example");
  EXPECT_EQ(context["domainPrefix"], "f");
  EXPECT_EQ(context["requestId"], "r-1");
  EXPECT_THAT(context["time"], MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+Z"));
  EXPECT_THAT(context["timeEpoch"], MatchesRegex("[0-9]+"));
  EXPECT_EQ(context["http"], Json({{"method", "PUT"},
                                   {"path", "/a b/c"},
                                   {"protocol", "HTTP/1.1"},
                                   {"sourceIp", "127.0.0.1"},
                                   {"userAgent", ""}}));
}

HttpExpectation HasNoHeader(const std::string& name) {
  return [name](const HttpReply& reply, HttpInstance& /*instance*/) {
    EXPECT_EQ(reply.status, 200);
    EXPECT_FALSE(reply.Header(name)) << *reply.Header(name);
  };
}

HttpRow KeepsBack(const std::string& rule, const std::string& name) {
  return Returning(rule, "{'statusCode': 200, 'headers': {'" + name + "': 'x'}}",
                   HasNoHeader(name));
}

const HeaderPairs kBinary = {{"ce-specversion", "1.0"}, {"ce-id", "7"},
                             {"ce-source", "/shop"},    {"ce-type", "order"},
                             {"ce-subject", "a%20b"},   {"Content-Type", "text/plain"}};
const HeaderPairs kStructured = {{"Content-Type", "application/cloudevents+json"}};
const std::string kEnvelope =
    R"({"specversion":"1.0","id":"7","source":"/shop","type":"order","data":{"a":1}})";

HttpAsk Post(const std::string& target, const HeaderPairs& headers, const std::string& body) {
  return {.target = target, .headers = headers, .body = body};
}

const std::vector<HttpRow> kTriggers = {
    {.rule = "DescribesARequestInTheEvent",
     .code = kShowsEvent,
     .exchanges = {{{.method = "PUT",
                     .target = "/a%20b/c?x=1&x=2&y=a+b",
                     .headers = {{"x-foo-bar", "1"},
                                 {"X-Foo-Bar", "2"},
                                 {"x-fc-request-id", "r-1"},
                                 {"x-fc-account-id", "77"}},
                     .body = "text"},
                    AnswersJson(IsTheWholeEvent)}}},
    {.rule = "DescribesARequestWithoutABody",
     .code = kShowsEvent,
     .exchanges = {{Get("/"), EventWith("body", "")},
                   {Get("/"), EventWith("queryParameters", Json::object())}}},
    {.rule = "HasABodyThatIsNoTextAsBase64",
     .code = kShowsEvent,
     .exchanges = {{Post("/", {}, "\xff\xfe"), EventWith("body", "//4=")},
                   {Post("/", {}, "\xff\xfe"), EventWith("isBase64Encoded", true)},
                   {Post("/", {{"Content-Type", "image/png"}}, "text"),
                    EventWith("isBase64Encoded", true)}}},
    {.rule = "KeepsBadEscapesAsTheyAre",
     .code = kShowsEvent,
     .exchanges = {{Get("/%zz%?a=%4"), EventWith("rawPath", "/%zz%")},
                   {Get("/%zz%?a=%4"), EventWith("queryParameters", {{"a", "%4"}})}}},
    {.rule = "TakesOtherMethodsOfTheEventsPathForRequests",
     .code = Returns("json.loads(event)['requestContext']['http']['method']"),
     .exchanges = {{Get("/invoke"), Answers(200, "GET")},
                   {{.method = "DELETE"}, Answers(200, "DELETE")}}},
    {.rule = "BelievesThePlatformThatTheEventsPathIsARequests",
     .code = Returns("json.loads(event)['rawPath']"),
     .exchanges = {{Post("/invoke", {{"x-fc-control-path", "/http-invoke"}}, ""),
                    Answers(200, "/invoke")}}},

    Returning("AnswersAsTheResultSays",
              "{'statusCode': 201, 'headers': {'X-A': 'b', 'Content-Type': 'text/html'}, "
              "'body': 'text'}",
              Answers(201, "text", {{"X-A", "b"}, {"Content-Type", "text/html"}})),
    Returning("AnswersAsAResultInJsonSays", "json.dumps({'statusCode': 404, 'body': 'none'})",
              Answers(404, "none")),
    Returning("AnswersBytesThatTheResultHasInBase64",
              "{'statusCode': 200, 'isBase64Encoded': True, 'body': 'AP8='}",
              Answers(200, std::string("\0\xff", 2))),
    Returning("AnswersAResultThatSaysNothingOfAnAnswer", "'text'",
              Answers(200, "text", {{"Content-Type", "application/json"}})),
    Returning("AnswersAnObjectWithoutAStatus", "{'a': 1}", Answers(200, "{\n    \"a\": 1\n}")),
    {.rule = "AnswersAFailureWith502AndTheError",
     .code = "def handler(event, context):\n    raise ValueError('text')\n",
     .exchanges = {{Get("/"), Fails(502, "ValueError", "text")}},
     .arguments = {"--error-status", "500"}},
    Returning("AnswersAnImpossibleStatusWith502", "{'statusCode': 1000}",
              Fails(502, "BadResponse",
                    "The function's answer has the statusCode 1000, but it must be a whole number "
                    "from 200 to 599")),
    Returning("KeepsALineBreakInAHeaderOffTheWire",
              "{'statusCode': 200, 'headers': {'X-A': 'b\\r\\nX-Evil: 1'}}",
              [](const HttpReply& reply, HttpInstance&) {
                EXPECT_EQ(reply.status, 500);
                EXPECT_FALSE(reply.Header("X-Evil"));
              }),
    KeepsBack("LetsNoHeaderOfThePlatformThrough", "X-Fc-Anything"),
    KeepsBack("LetsNoHeaderOfTheConnectionThrough", "Keep-Alive"),
    KeepsBack("LetsNoDateThrough", "Date"),
    KeepsBack("LetsNoServerThrough", "Server"),
    KeepsBack("LetsNoCodingThrough", "Transfer-Encoding"),
    Returning("WritesTheLengthItself",
              "{'statusCode': 200, 'headers': {'Content-Length': '99'}, 'body': 'text'}",
              Answers(200, "text", {{"Content-Length", "4"}})),
    Returning("LetsAnAttachmentThrough",
              "{'statusCode': 200, 'headers': {'Content-Disposition': 'attachment'}, 'body': ''}",
              Answers(200, "", {{"Content-Disposition", "attachment"}})),
};

OPENFC_HTTP_ROWS(HttpTriggers, kTriggers);

const std::vector<HttpRow> kCloudEvents = {
    {.rule = "TakesTheBodyInBinaryModeForTheEvent",
     .code = kShowsEvent,
     .exchanges = {{Post("/", kBinary, "data"), Succeeds("data")},
                   {Post("/anywhere", kBinary, "data"), Succeeds("data")},
                   {Post("/invoke", kBinary, "data"), Succeeds("data")}}},
    {.rule = "TakesTheDataInStructuredModeForTheEvent",
     .code = kShowsEvent,
     .exchanges = {{Post("/", kStructured, kEnvelope), Succeeds("{\"a\":1}")},
                   {Post("/invoke", kStructured, kEnvelope), Succeeds("{\"a\":1}")}}},
    {.rule = "AnswersAFailedOneAsAFailedEvent",
     .code = "def handler(event, context):\n    raise ValueError('text')\n",
     .exchanges = {{Post("/", kBinary, ""), Fails(500, "ValueError", "text")}},
     .arguments = {"--error-status", "500"}},
    {.rule = "RefusesOneThatIsNone",
     .code = kShowsEvent,
     .exchanges = {{Post("/", kStructured, "{}"),
                    [](const HttpReply& reply, HttpInstance&) {
                      EXPECT_EQ(reply.status, 400);
                      EXPECT_EQ(reply.body, "The CloudEvent has no specversion\n");
                    }}}},
    {.rule = "SeesNoneInAnotherMethod",
     .code = Returns("json.loads(event)['rawPath']"),
     .exchanges = {{{.method = "PUT", .target = "/p", .headers = kBinary}, Answers(200, "/p")}}},
};

OPENFC_HTTP_ROWS(HttpCloudEvents, kCloudEvents);

}  // namespace
}  // namespace openfc::testing
