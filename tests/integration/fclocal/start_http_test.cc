// HTTP triggers of a real `fclocal start`.

#include "tests/integration/fclocal/start_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;

const std::string kTrigger =
    "      triggers:\n"
    "        - triggerName: web\n          triggerType: http\n"
    "          triggerConfig: {authType: anonymous, methods: [GET, POST]}\n";
constexpr const char* kFc2Trigger =
    "      triggers: [{name: web, type: http, config: {authType: anonymous, methods: [GET, "
    "POST]}}]\n";

/// Of edition 3: the handler gets the event of an HTTP trigger.
class StartHttpTest : public StartTest {};

TEST_F(StartHttpTest, HandsTheRequestOnAsTheEventOfATrigger) {
  Define("def handler(event, context): return {'statusCode': 200, 'body': event.decode()}\n",
         kTrigger);
  Begin();

  const auto answer = Ask("POST", "/proxy/f/a%20b/c?x=1&x=2&y=", "text",
                          "X-Own: one\r\nX-Own: two\r\nx-fc-secret: not this\r\n");

  const auto event = answer.json();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(event["version"], "v1");
  EXPECT_EQ(event["rawPath"], "/a%20b/c");
  EXPECT_EQ(event["body"], "text");
  EXPECT_EQ(event["isBase64Encoded"], false);
  EXPECT_EQ(event["queryParameters"]["x"], "1,2");
  EXPECT_EQ(event["headers"]["X-Own"], "one,two");
  EXPECT_FALSE(event["headers"].contains("X-Fc-Secret"));
  EXPECT_EQ(event["requestContext"]["http"]["method"], "POST");
  EXPECT_EQ(event["requestContext"]["http"]["path"], "/a b/c");
  EXPECT_EQ(event["requestContext"]["requestId"], answer.Header("x-fc-request-id"));
}

TEST_F(StartHttpTest, ServesTheFunctionsOwnHost) {
  Define("def handler(event, context): return json.loads(event)['rawPath']\n", kTrigger);
  Begin();

  EXPECT_EQ(Ask("GET", "/deep/path", "", "Host: f.localhost:1\r\n").body, "/deep/path");
  EXPECT_EQ(Ask("GET", "/proxy/f").body, "/");
  EXPECT_EQ(Ask("GET", "/x", "", "Host: g.localhost\r\n").status, 404);
}

TEST_F(StartHttpTest, ServesPagesOfTheFrontendBesideIt) {
  Define("def handler(event, context): return 'served'\n", kTrigger);
  Begin();
  const std::string beside = "Origin: http://localhost:5173\r\n";

  EXPECT_EQ(Ask("GET", "/proxy/f/", "", beside).body, "served");
  EXPECT_EQ(Ask("GET", "/", "", "Host: f.localhost:1\r\n" + beside).body, "served");
  EXPECT_EQ(Ask("GET", "/proxy/f/", "", "Origin: http://evil.example\r\n").status, 403);
  EXPECT_EQ(InvokeF("", beside).status, 403);
  EXPECT_EQ(Ask("GET", "/_openfc/console.css", "", beside).status, 403);
}

TEST_F(StartHttpTest, CarriesBytesBothWays) {
  Define(
      "import base64\n"
      "def handler(event, context):\n"
      "    e = json.loads(event)\n"
      "    assert e['isBase64Encoded']\n"
      "    body = base64.b64decode(e['body'])[::-1]\n"
      "    return {'statusCode': 201, 'headers': {'Content-Type': 'image/png', 'X-A': 'b'},\n"
      "            'isBase64Encoded': True, 'body': base64.b64encode(body).decode()}\n",
      kTrigger);
  Begin();
  const std::string bytes("\x00\xff\x80\n\x01", 5);

  const auto answer = Ask("POST", "/proxy/f/", bytes, "Content-Type: image/png\r\n");

  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, std::string(bytes.rbegin(), bytes.rend()));
  EXPECT_EQ(answer.Header("content-type"), "image/png");
  EXPECT_EQ(answer.Header("x-a"), "b");
}

TEST_F(StartHttpTest, AnswersAFailureWith502) {
  Define("def handler(event, context): raise ValueError('broken')\n", kTrigger);
  Begin();

  const auto answer = Ask("GET", "/proxy/f/");

  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(answer.Header("x-fc-error-type"), "UnhandledInvocationError");
  EXPECT_EQ(answer.json()["errorMessage"], "broken");
}

TEST_F(StartHttpTest, AnswersWhatCannotBeSentWith502) {
  Define(
      "def handler(event, context):\n"
      "    return {'statusCode': 200, 'headers': {'X-A': 'a\\r\\nX-B: b'}, 'body': ''}\n",
      kTrigger);
  Begin();

  const auto answer = Ask("GET", "/proxy/f/");

  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(answer.Header("x-b"), "");
  EXPECT_EQ(answer.json()["Code"], "BadResponse");
}

TEST_F(StartHttpTest, RefusesWhatTheTriggerDoesNotTake) {
  Define("def handler(event, context): return 'x'\n", kTrigger);
  Begin();

  EXPECT_EQ(Ask("DELETE", "/proxy/f/").status, 403);
  EXPECT_EQ(Ask("GET", "/proxy/nix/").status, 404);
  EXPECT_EQ(Ask("GET", "/proxy/f/", "", "Host: f.example.com\r\n").status, 403);
}

TEST_F(StartHttpTest, AnswersAFunctionWithoutATriggerWith404) {
  Define("def handler(event, context): return 'x'\n");
  Begin();

  const auto answer = Ask("GET", "/proxy/f/");

  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.json()["Code"], "TriggerNotFound");
}

/// Of edition 1: the handler is a WSGI application.
class StartFc2HttpTest : public StartTest {};

constexpr const char* kWsgi =
    "def handler(environ, start_response):\n"
    "    body = environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 0))\n"
    "    seen = [environ['REQUEST_METHOD'], environ['PATH_INFO'], environ['QUERY_STRING'],\n"
    "            environ.get('HTTP_X_OWN', ''), environ['fc.request_uri'], "
    "environ['REMOTE_ADDR']]\n"
    "    start_response('202 Accepted', [('X-Two', 'a'), ('X-Two', 'b'),\n"
    "                                    ('Content-Type', 'text/plain')])\n"
    "    return ['|'.join(seen).encode(), body[::-1]]\n";

TEST_F(StartFc2HttpTest, CallsTheApplicationBelowItsBasePath) {
  DefineFc2(kWsgi, "", kFc2Trigger);
  Begin();
  const std::string bytes("\x00\xff\x01", 3);

  const auto answer =
      Ask("POST", "/2016-08-15/proxy/s/f/a%20b?x=1", bytes, "X-Own: one\r\nX-Own: two\r\n");

  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, "POST|/a b|x=1|one,two|/a%20b?x=1|127.0.0.1" +
                             std::string(bytes.rbegin(), bytes.rend()));
  EXPECT_THAT(answer.head, HasSubstr("X-Two: a\r\nX-Two: b\r\n"));
}

TEST_F(StartFc2HttpTest, TakesAQualifierInThePath) {
  DefineFc2(
      "def handler(environ, start_response):\n"
      "    start_response('200 OK', [])\n"
      "    return [environ['fc.context'].service.qualifier.encode()]\n",
      "", kFc2Trigger);
  Begin();

  EXPECT_EQ(Ask("GET", "/2016-08-15/proxy/s/f/").body, "LATEST");
  EXPECT_EQ(Ask("GET", "/2016-08-15/proxy/s.canary/f/").body, "canary");
}

TEST_F(StartFc2HttpTest, AnswersAFailureWith502) {
  DefineFc2("def handler(environ, start_response): raise ValueError('broken')\n", "", kFc2Trigger);
  Begin();

  const auto answer = Ask("GET", "/2016-08-15/proxy/s/f/");

  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(answer.json()["errorMessage"], "broken");
}

}  // namespace
}  // namespace openfc::testing
