// Section 5, HTTP functions: what is posted for what an application does.

#include "tests/conformance/http_call.h"

#include <gmock/gmock.h>

#include <utility>

namespace openfc::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

/// An application that starts its response with these arguments and has an empty body.
Row Starting(const std::string& rule, const std::string& arguments, Expectation expected) {
  return Serving(rule,
                 "def handler(environ, start_response):\n    start_response(" + arguments +
                     ")\n    return []\n",
                 std::move(expected));
}

/// A result with `close`, which leaves a file behind; its iteration and its close have these
/// statements.
std::string Closing(const std::string& iterate, const std::string& close) {
  return "class Result:\n"
         "    def __iter__(self):\n"
         "        yield b'part'\n"
         "        " +
         iterate +
         "\n"
         "    def close(self):\n"
         "        open('closed', 'a').write('x')\n"
         "        " +
         close +
         "\n"
         "def handler(environ, start_response):\n"
         "    start_response('200 OK', [])\n"
         "    return Result()\n";
}

/// After one call of it, `close` was called once.
Row Closes(const std::string& rule, const std::string& code, Expectation expected) {
  Row row = Serving(rule, code, std::move(expected));
  row.play = [](Instance& instance) { EXPECT_EQ(instance.ReadFile("closed"), "x"); };
  return row;
}

Row Fails(const std::string& rule, const std::string& code, const std::string& type,
          const std::string& message, const Stack& stack = Stack::Any()) {
  return Serving(rule, code, ErrorWithoutParams(Error(type, message, stack)));
}

/// Whatever ends its call, iteration or close, is answered, and the next request served.
Row LivesOn(const std::string& rule, const std::string& place, const std::string& type) {
  const std::string code =
      "def act(environ, here):\n"
      "    if environ['PATH_INFO'] == '/' + here:\n"
      "        raise " +
      type +
      "('text')\n"
      "class Result:\n"
      "    def __init__(self, environ):\n        self.environ = environ\n"
      "    def __iter__(self):\n        act(self.environ, 'iteration')\n        yield 'alive'\n"
      "    def close(self):\n        act(self.environ, 'close')\n"
      "def handler(environ, start_response):\n"
      "    act(environ, 'call')\n"
      "    start_response('200 OK', [])\n"
      "    return Result(environ)\n";
  const Expectation failure = ErrorWithoutParams(Error(type, "text", Stack::Any()));
  return {.rule = rule,
          .files = Index(code),
          .calls = {HttpCall({.path = "/" + place}, failure),
                    HttpCall({.path = "/"}, HttpBody(200, "alive"))}};
}

Row Refuses(const std::string& rule, const std::string& params, const std::string& type,
            const std::string& pattern) {
  return {.rule = rule,
          .files = Index("def handler(environ, start_response):\n    return 'called'\n"),
          .calls = {CallWithParams(params, ErrorWithoutParams(ErrorMatching(type, pattern)))}};
}

Row LogsALine() {
  Row row = Applying("WritesTheLinesOfAnInvocation", {"print('served')", "return 'x'"},
                     HttpBody(200, "x"));
  row.log =
      "FunctionCompute python3 runtime inited.\nFC Invoke Start RequestId: r-1\nserved\n"
      "FC Invoke End RequestId: r-1\n";
  return row;
}

Row EndsItsLogInAnError() {
  Row row = Fails("EndsTheLogOfAFailureInItsSuffix", "handler = lambda e, s: 1 / 0\n",
                  "ZeroDivisionError", "division by zero");
  row.play = [](Instance& instance) {
    EXPECT_THAT(instance.Log(),
                HasSubstr("FC Invoke End RequestId: r-1, Error: Unhandled function error\n"));
  };
  return row;
}

/// Its large answer is large in every part of the way.
Row AnswersALot() {
  return Applying("AnswersMegabytesInManyParts",
                  {"return (bytes([i % 256]) * 4096 for i in range(2048))"},
                  [](const Request& post, const Instance& /*instance*/) {
                    ASSERT_EQ(post.body.size(), 4096U * 2048U);
                    for (std::size_t i = 0; i < post.body.size(); i += 4096) {
                      ASSERT_EQ(static_cast<unsigned char>(post.body[i]), i / 4096 % 256);
                    }
                  });
}

const std::string kFramesOfAGenerator =
    "def parts():\n"
    "    yield b'a'\n"
    "    raise KeyError('k')\n"
    "\n"
    "def handler(environ, start_response):\n"
    "    start_response('200 OK', [])\n"
    "    return parts()\n";

const std::vector<Row> kRows = {
    Starting("PostsTheStatus", "'404 Not Found', []", HttpBody(404, json::object(), "")),
    Starting("NeedsNoReason", "'204', []", HttpBody(204, "")),
    Starting("PostsHeaders", "'200 OK', [('Content-Type', 'text/html'), ('X-A', 'b')]",
             HttpBody(200, {{"Content-Type", {"text/html"}}, {"X-A", {"b"}}}, "")),
    Starting("KeepsAllValuesOfARepeatedHeader",
             "'200 OK', [('Set-Cookie', 'a=1'), ('X', 'y'), ('Set-Cookie', 'b=2')]",
             HttpBody(200, {{"Set-Cookie", {"a=1", "b=2"}}, {"X", {"y"}}}, "")),
    Starting("PassesAnyTextInAHeader", "'200 OK', [('X', 'h\\xe9')]",
             HttpBody(200, {{"X", {"h\u00e9"}}}, "")),
    Starting("TakesAnyIterableOfHeaders", "'200 OK', iter([('X', 'y')])",
             HttpBody(200, {{"X", {"y"}}}, "")),
    Starting("TakesNamedArguments", "status='201 Created', headers=[], exc_info=None",
             HttpBody(201, "")),
    Applying("CountsTheLastStart",
             {"start_response('abc', [('X', 'first')])",
              "start_response('500 Oops', [('Y', 'last')], (None, None, None))", "return 'x'"},
             HttpBody(500, {{"Y", {"last"}}}, "x")),
    Serving("LetsAGeneratorStartItsResponse",
            "def handler(environ, start_response):\n"
            "    start_response('202 Accepted', [])\n    yield b'x'\n",
            HttpBody(202, "x")),
    Serving("PostsTheBodyAloneWithoutAStart", "handler = lambda e, s: [b'body']\n",
            BodyWithoutParams("body")),

    Applying("PutsWrittenBytesFirst", {"write(b'a')", "write(b'b')", "return [b'c']"},
             HttpBody(200, "abc")),
    Applying("TakesWrittenText", {"write('h\\xe9')", "return []"}, HttpBody(200, "h\u00e9")),
    Serving("PutsWhatAGeneratorWritesFirst",
            "def handler(environ, start_response):\n"
            "    write = start_response('200', [])\n    yield b'b'\n    write(b'a')\n",
            HttpBody(200, "ab")),
    Applying("TakesBytes", {"return b'\\x00\\xff'"}, HttpBody(200, std::string("\0\xff", 2))),
    Applying("TakesText", {"return 'h\\xe9'"}, HttpBody(200, "h\u00e9")),
    Applying("TakesAByteArray", {"return bytearray(b'ab')"}, HttpBody(200, "ab")),
    Applying("TakesAMixedList", {"return [b'a', 'h\\xe9', bytearray(b'c')]"},
             HttpBody(200, "ah\u00e9c")),
    Applying("TakesATuple", {"return ('a', b'b')"}, HttpBody(200, "ab")),
    Applying("TakesAnEmptyList", {"return []"}, HttpBody(200, "")),
    Applying("TakesAGenerator", {"return (str(i) for i in range(3))"}, HttpBody(200, "012")),
    Applying("TakesAFile", {"return open(__file__, 'rb')"},
             [](const Request& post, const Instance& instance) {
               EXPECT_EQ(post.body, instance.ReadFile("index.py"));
             }),
    AnswersALot(),
    Closes("ClosesTheResult", Closing("pass", "pass"), HttpBody(200, "part")),
    Closes("ClosesTheResultOfAFailedIteration", Closing("1 / 0", "pass"),
           Error("ZeroDivisionError", "division by zero", Stack::Any())),
    Closes("ReportsTheIterationWhenTheCloseFailsToo", Closing("1 / 0", "raise KeyError"),
           Error("ZeroDivisionError", "division by zero", Stack::Any())),
    Closes("ReportsAFailedClose", Closing("pass", "raise ValueError('c')"),
           ErrorWithoutParams(
               Error("ValueError", "c", Frames({Frame(7, "close", "raise ValueError('c')")})))),

    Serving("CallsAnObject",
            "class App:\n    def __call__(self, environ, start_response):\n"
            "        start_response('200', [])\n        return 'called'\nhandler = App()\n",
            HttpBody(200, "called")),
    LogsALine(),
    EndsItsLogInAnError(),

    Fails("RefusesNone", "def handler(environ, start_response):\n    start_response('200', [])\n",
          "Exception", "invalid response type", Stack::Absent()),
    Fails("RefusesAStatusThatIsNoNumber",
          "def handler(environ, start_response):\n    start_response('abc', [])\n    return 'x'\n",
          "ValueError", "invalid literal for int() with base 10: 'abc'", Stack::Absent()),
    Fails("RefusesAStatusThatIsNoText",
          "def handler(environ, start_response):\n    start_response(200, [])\n    return []\n",
          "TypeError", "the status must be a str, not int",
          Frames({Frame(2, "handler", "start_response(200, [])")})),
    Fails("RefusesAHeadersValueThatIsNoText",
          "def handler(environ, start_response):\n    start_response('200 OK', [('X-A', 5)])\n",
          "TypeError", "the value of the response header X-A must be a str, not int",
          Frames({Frame(2, "handler", "start_response('200 OK', [('X-A', 5)])")})),
    Fails("RefusesAHeadersNameThatIsNoText",
          "def handler(environ, start_response):\n    start_response('200 OK', [(b'X-A', '5')])\n",
          "TypeError", "a response header's name must be a str, not bytes"),
    Fails("RefusesAPartThatIsNeitherBytesNorText", "handler = lambda e, s: [5]\n", "TypeError",
          "a part of the response is of type int, but must be bytes or str", Stack::Absent()),
    Fails("RefusesAResultThatIsNotIterable", "handler = lambda e, s: 5\n", "TypeError",
          "'int' object is not iterable", Stack::Absent()),
    Fails("RefusesAHandlerThatIsNotCallable", "handler = 5\n", "TypeError",
          "'int' object is not callable", Stack::Absent()),
    Fails("ReportsAHandlerThatIsMissing", "x = 1\n", "HandlerNotFound",
          "Handler 'handler' is missing on module 'index'"),
    Fails("ReportsFramesFromTheApplicationDown",
          "def handler(environ, start_response):\n    raise KeyError('k')\n", "KeyError", "'k'",
          Frames({Frame(2, "handler", "raise KeyError('k')")})),
    Fails("ReportsFramesOfAGenerator", kFramesOfAGenerator, "KeyError", "'k'",
          Frames({Frame(3, "parts", "raise KeyError('k')")})),
    LivesOn("AnswersSystemExitInACall", "call", "SystemExit"),
    LivesOn("AnswersSystemExitInAnIteration", "iteration", "SystemExit"),
    LivesOn("AnswersSystemExitInAClose", "close", "SystemExit"),
    LivesOn("AnswersKeyboardInterruptInACall", "call", "KeyboardInterrupt"),
    LivesOn("AnswersKeyboardInterruptInAnIteration", "iteration", "KeyboardInterrupt"),
    LivesOn("AnswersKeyboardInterruptInAClose", "close", "KeyboardInterrupt"),
    LivesOn("AnswersGeneratorExitInACall", "call", "GeneratorExit"),
    LivesOn("AnswersGeneratorExitInAnIteration", "iteration", "GeneratorExit"),
    LivesOn("AnswersGeneratorExitInAClose", "close", "GeneratorExit"),

    Refuses("RefusesAnEmptyMethod", EncodeBase64(R"({"method":"","path":"/"})"), "Exception",
            "request method or path is empty"),
    Refuses("RefusesAMissingMethod", EncodeBase64(R"({"path":"/"})"), "Exception",
            "request method or path is empty"),
    Refuses("RefusesParamsThatAreNotBase64", "abc", "Error", "Incorrect padding"),
    Refuses("RefusesParamsThatAreNotJson", EncodeBase64("{'"), "JSONDecodeError",
            "Expecting property name enclosed in double quotes.*"),
};

OPENFC_CONFORMANCE_ROWS(Section5Responses, kRows);

}  // namespace
}  // namespace openfc::testing
