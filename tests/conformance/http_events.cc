// The custom-runtime contract: POST /invoke, the context, hooks.

#include "tests/conformance/http_row.h"

namespace openfc::testing {
namespace {

using Json = nlohmann::json;

const std::string kEcho = Returns("event");
const std::string kRaises = "def handler(event, context):\n    raise ValueError('text')\n";

HttpAsk Invoke(const std::string& event, const HeaderPairs& headers = {}) {
  return {.headers = headers, .body = event};
}

HttpExpectation HasRequestId(const std::string& id) {
  return [id](const HttpReply& reply, HttpInstance& /*instance*/) {
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, id);
    EXPECT_EQ(reply.Header("x-fc-request-id"), id);
  };
}

/// An id that was not sent, or is none, is made up: the function and the caller see the same.
void HasIdOfItsOwn(const HttpReply& reply, HttpInstance& /*instance*/) {
  EXPECT_EQ(reply.Header("x-fc-request-id"), reply.body);
  EXPECT_NE(reply.body, "bad id");
}

const HeaderPairs kPlatform = {{"X-Fc-Request-Id", "r-1"},
                               {"X-Fc-Access-Key-Id", "key"},
                               {"X-Fc-Access-Key-Secret", "secret"},
                               {"X-Fc-Security-Token", "token"},
                               {"X-Fc-Function-Name", "hello"},
                               {"X-Fc-Function-Handler", "other.handler"},
                               {"X-Fc-Function-Memory", "256"},
                               {"X-Fc-Function-Timeout", "60"},
                               {"X-Fc-Service-Name", "shop"},
                               {"X-Fc-Service-Logproject", "project"},
                               {"X-Fc-Service-Logstore", "store"},
                               {"X-Fc-Qualifier", "LATEST"},
                               {"X-Fc-Version-Id", "3"},
                               {"X-Fc-Region", "cn-hangzhou"},
                               {"X-Fc-Account-Id", "77"},
                               {"X-Fc-Retry-Count", "2"},
                               {"X-Fc-Control-Path", "/invoke"}};

void IsThePlatformsContext(const Json& context) {
  EXPECT_EQ(context["requestId"], "r-1");
  EXPECT_EQ(
      context["credentials"],
      Json({{"accessKeyId", "key"}, {"accessKeySecret", "secret"}, {"securityToken", "token"}}));
  EXPECT_EQ(
      context["function"],
      Json({{"name", "hello"}, {"handler", "index.handler"}, {"memory", 256}, {"timeout", 60}}));
  EXPECT_EQ(context["service"], Json({{"name", "shop"},
                                      {"logProject", "project"},
                                      {"logStore", "store"},
                                      {"qualifier", "LATEST"},
                                      {"versionId", "3"}}));
  EXPECT_EQ(context["region"], "cn-hangzhou");
  EXPECT_EQ(context["accountId"], "77");
  EXPECT_EQ(context["retryCount"], 2);
}

const std::string kHooks =
    "calls = []\n"
    "def handler(event, context):\n    return ','.join(calls)\n"
    "def initialize(context):\n    calls.append(context.function.handler)\n    return 'done'\n"
    "def fails(context):\n    raise ValueError('text')\n";

const HttpAsk kInitialize{.target = "/initialize"};
const HttpAsk kPreStop{.method = "GET", .target = "/pre-stop"};
const HttpAsk kPreFreeze{.method = "GET", .target = "/pre-freeze"};

HttpAsk WithHeaders(HttpAsk ask, const HeaderPairs& headers) {
  ask.headers = headers;
  return ask;
}

const std::vector<HttpRow> kRows = {
    {.rule = "HandsTheBodyToTheFunctionAsItsEvent",
     .code = Returns("repr(event)"),
     .exchanges = {{Invoke("text"), Succeeds("b'text'")},
                   {Invoke(""), Succeeds("b''")},
                   {Invoke(std::string("\0\xff", 2)), Succeeds("b'\\x00\\xff'")}}},
    {.rule = "AnswersWhatTheFunctionReturns",
     .code = kEcho,
     .exchanges = {{Invoke("bytes"), Succeeds("bytes")}}},
    {.rule = "AnswersAnObjectAsJson",
     .code = Returns("{'statusCode': 201, 'b': 1}"),
     .exchanges = {{Invoke(""), Succeeds("{\n    \"b\": 1,\n    \"statusCode\": 201\n}")}}},
    {.rule = "AnswersAFailureWith404AndTheError",
     .code = kRaises,
     .exchanges = {{Invoke(""), Fails(404, "ValueError", "text")}}},
    {.rule = "AnswersAFailureWithTheStatusOfTheFlag",
     .code = kRaises,
     .exchanges = {{Invoke(""), Fails(500, "ValueError", "text")}},
     .arguments = {"--error-status", "500"}},
    {.rule = "AnswersAFailureWithTheStatusOfTheVariable",
     .code = kRaises,
     .exchanges = {{Invoke(""), Fails(502, "ValueError", "text")}},
     .environment = {{"OPENFC_ERROR_STATUS", "502"}}},
    {.rule = "AnswersEachTimeWhyTheFunctionCannotBeHad",
     .code = "import nothing_of_that_name\n",
     .exchanges = {{Invoke(""), Fails(404, "ImportModuleError", "Unable to import module 'index'")},
                   {Invoke(""),
                    Fails(404, "ImportModuleError", "Unable to import module 'index'")}}},
    {.rule = "AnswersAResultOverTheLimitAsAFailure",
     .code = kEcho,
     .exchanges = {{Invoke("12345"),
                    Fails(404, "ResponseTooLarge",
                          "Response payload size 5 exceeds the limit of 4 bytes")}},
     .environment = {{"OPENFC_MAX_RESPONSE_BYTES", "4"}}},
    {.rule = "RefusesABodyOverTheLimit",
     .code = kEcho,
     .exchanges = {{Invoke("12345"),
                    [](const HttpReply& reply, HttpInstance&) { EXPECT_EQ(reply.status, 413); }}},
     .environment = {{"OPENFC_MAX_BODY_BYTES", "4"}}},

    {.rule = "CallsTheFunctionThatIsConfigured",
     .code = "def main(event, context):\n    return context.function.handler\n",
     .exchanges = {{Invoke(""), Succeeds("index.main")}},
     .environment = {{"FC_FUNCTION_HANDLER", "index.main"}}},
    {.rule = "CallsTheFunctionOfTheCommandLine",
     .code = "def main(event, context):\n    return context.function.handler\n",
     .exchanges = {{Invoke(""), Succeeds("index.main")}},
     .arguments = {"index.main"}},
    {.rule = "TellsTheFunctionWhatThePlatformsHeadersSay",
     .code = Returns("context.to_json()"),
     .exchanges = {{Invoke("", kPlatform), AnswersJson(IsThePlatformsContext)}}},
    {.rule = "GivesTheRequestsIdBack",
     .code = Returns("context.request_id"),
     .exchanges = {{Invoke("", {{"x-fc-request-id", "r-1"}}), HasRequestId("r-1")}}},
    {.rule = "MakesAnIdUpWhereThereIsNone",
     .code = Returns("context.request_id"),
     .exchanges = {{Invoke(""), HasIdOfItsOwn},
                   {Invoke("", {{"x-fc-request-id", "bad id"}}), HasIdOfItsOwn}}},
    {.rule = "WritesTheLinesAroundAnInvocation",
     .code = "def handler(event, context):\n    print('out')\n    return event\n"
             "def initialize(context):\n    print('hook')\n",
     .exchanges = {{Invoke("", {{"x-fc-request-id", "r-1"}}), Succeeds("")},
                   {Invoke(""), Succeeds("")},
                   {kInitialize, Answers(200, "null")}},
     .environment = {{"FC_INITIALIZER_HANDLER", "index.initialize"}},
     .log = "FunctionCompute python3 runtime inited.\n"
            "FC Invoke Start RequestId: r-1\nout\nFC Invoke End RequestId: r-1\n"
            "FC Invoke Start RequestId: {ID}\nout\nFC Invoke End RequestId: {ID}\n"
            "FC Initialize Start RequestId: {ID}\nhook\nFC Initialize End RequestId: {ID}\n"},
    {.rule = "HidesThePlatformsVariablesFromTheFunction",
     .code = "import os\n" + Returns("[n for n in os.environ if n.startswith('FC_') or "
                                     "n.endswith('_FD') or n == 'FC_CUSTOM_LISTEN_PORT']"),
     .exchanges = {{Invoke(""), Succeeds("[\n    \"FC_FUNC_CODE_PATH\"\n]")}}},

    {.rule = "CallsAHookThatIsConfigured",
     .code = kHooks,
     .exchanges = {{kInitialize, Succeeds("done")},
                   {kPreStop, Succeeds("done")},
                   {kPreFreeze, Succeeds("done")},
                   {Invoke(""), Succeeds("index.initialize,index.initialize,index.initialize")}},
     .environment = {{"FC_INITIALIZER_HANDLER", "index.initialize"},
                     {"OPENFC_PRE_STOP_HANDLER", "index.initialize"},
                     {"OPENFC_PRE_FREEZE_HANDLER", "index.initialize"}}},
    {.rule = "CallsTheHookThatThePlatformNames",
     .code = kHooks,
     .exchanges = {{WithHeaders(kInitialize, {{"x-fc-control-path", "/initialize"},
                                              {"x-fc-function-initializer", "index.initialize"}}),
                    Succeeds("done")},
                   {WithHeaders(kPreStop, {{"x-fc-control-path", "/pre-stop"},
                                           {"x-fc-instance-lifecycle-pre-stop-handler",
                                            "index.initialize"}}),
                    Succeeds("done")},
                   {WithHeaders(kPreFreeze, {{"x-fc-control-path", "/pre-freeze"},
                                             {"x-fc-instance-lifecycle-pre-freeze-handler",
                                              "index.initialize"}}),
                    Succeeds("done")}}},
    {.rule = "AnswersAHooksFailureWith500",
     .code = kHooks,
     .exchanges = {{kInitialize, Fails(500, "ValueError", "text")}},
     .environment = {{"FC_INITIALIZER_HANDLER", "index.fails"}}},
    {.rule = "AnswersThatAHookHasNoHandler",
     .code = kHooks,
     .exchanges = {{WithHeaders(kInitialize, {{"x-fc-control-path", "/initialize"}}),
                    Fails(500, "InvalidHandleName", "Invalid handler ''")}}},
    {.rule = "TakesAHooksPathForTheFunctionsOwnWhereNoHookIsMeant",
     .code = Returns("json.loads(event)['rawPath']"),
     .exchanges = {{kInitialize, Answers(200, "/initialize")},
                   {kPreStop, Answers(200, "/pre-stop")},
                   {WithHeaders(kPreFreeze, {{"x-fc-control-path", "/http-invoke"}}),
                    Answers(200, "/pre-freeze")}}},
    {.rule = "TakesAnotherMethodOfAHooksPathForTheFunctionsOwn",
     .code = Returns("json.loads(event)['rawPath']") + "def initialize(context):\n    pass\n",
     .exchanges = {{{.method = "GET", .target = "/initialize"}, Answers(200, "/initialize")}},
     .environment = {{"FC_INITIALIZER_HANDLER", "index.initialize"}}},

    {.rule = "IsHealthyOnceTheFunctionIsLoaded",
     .code = kEcho,
     .exchanges = {{Invoke(""), Succeeds("")},
                   {{.method = "GET", .target = "/healthz"}, IsHealthy()},
                   {{.method = "GET", .target = "/healthz?full"}, IsHealthy()}}},
    {.rule = "IsHealthyWhereTheVariableSays",
     .code = Returns("json.loads(event)['rawPath']"),
     .exchanges = {{Invoke("{\"rawPath\": 1}"), Succeeds("1")},
                   {{.method = "GET", .target = "/live"}, IsHealthy()},
                   {{.method = "GET", .target = "/healthz"}, Answers(200, "/healthz")}},
     .environment = {{"OPENFC_HEALTH_PATH", "/live"}}},
    {.rule = "HasNoHealthPathWhereTheVariableIsEmpty",
     .code = Returns("json.loads(event)['rawPath']"),
     .exchanges = {{{.method = "GET", .target = "/healthz"}, Answers(200, "/healthz")}},
     .environment = {{"OPENFC_HEALTH_PATH", ""}}},
};

OPENFC_HTTP_ROWS(HttpEvents, kRows);

}  // namespace
}  // namespace openfc::testing
