// Section 5, HTTP functions: what an application sees of a request.

#include "tests/conformance/http_call.h"

#include <utility>

namespace openfc::testing {
namespace {

/// An application that answers with the value of an expression, `environ` in scope.
std::string Showing(const std::string& expression) {
  return "import logging, os, sys\n"
         "def handler(environ, start_response):\n"
         "    start_response('200 OK', [])\n"
         "    return str(" +
         expression + ")\n";
}

Row Shows(const std::string& rule, const std::string& expression, const std::string& expected,
          const HttpRequest& request = {}, const std::string& body = {}) {
  return {.rule = rule,
          .files = Index(Showing(expression)),
          .calls = {HttpCall(request, HttpBody(200, expected), body)}};
}

/// One key of the environ, `absent` when it is not there.
Row Environ(const std::string& rule, const std::string& key, const std::string& expected,
            const HttpRequest& request = {}, const std::string& body = {}) {
  return Shows(rule, "environ.get('" + key + "', 'absent')", expected, request, body);
}

/// The same of params that are written out.
Row EnvironOfParams(const std::string& rule, const std::string& key, const std::string& expected,
                    const std::string& params) {
  return {
      .rule = rule,
      .files = Index(Showing("environ['" + key + "']")),
      .calls = {CallWithParams(EncodeBase64(params), HttpBody(200, expected))},
  };
}

const std::string kEchoes =
    "def handler(environ, start_response):\n"
    "    start_response('200 OK', [])\n"
    "    return [environ['wsgi.input'].read()]\n";

Call CallWithBody(const std::string& body) {
  return HttpCall({.method = "PUT"}, HttpBody(200, body), body);
}

Row EchoesBody(const std::string& rule, const std::string& body) {
  return Row{.rule = rule, .files = Index(kEchoes), .calls = {CallWithBody(body)}};
}

std::string Megabyte() {
  std::string bytes(1U << 20U, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 + i / 256);
  return bytes;
}

void PassesAMegabyteBothWays(Instance& instance) {
  const Call call = CallWithBody(Megabyte());
  const auto post = instance.Invoke(call.event, call.headers);
  ASSERT_TRUE(post);
  call.expected(*post, instance);
}

Row ShowsItsOwnVariables() {
  Row row = Environ("HasTheProcesssEnvironment", "MINE", "my own");
  row.environment = {{"MINE", "my own"}};
  return row;
}

Row PutsTheRequestAboveTheVariables() {
  Row row =
      Shows("PutsTheRequestAboveTheProcesssVariables", "environ['PATH_INFO'] + environ['HTTP_X_A']",
            "/p1", {.path = "/p", .headers = {{"x-a", {"1"}}}});
  row.environment = {{"PATH_INFO", "mine"}, {"HTTP_X_A", "mine"}};
  return row;
}

Row StartsAnewWithEachRequest() {
  Row row = Shows("StartsWithANewEnvironEachTime", "environ.setdefault('HTTP_X_A', 'none')", "1",
                  {.headers = {{"x-a", {"1"}}}});
  row.calls.push_back(HttpCall({}, HttpBody(200, "none")));
  return row;
}

Row CallsTheHandlerItNames() {
  HttpRequest request;
  Call call = HttpCall(request, HttpBody(200, "web.app"));
  call.headers.emplace_back("x-fc-function-handler", "web.app");
  return {.rule = "SaysWhichHandlerItCalls",
          .files = {{"web.py",
                     "def app(environ, start_response):\n    start_response('200', [])\n"
                     "    return environ['HTTP_X_FC_FUNCTION_HANDLER']\n"}},
          .calls = {std::move(call)}};
}

const HttpRequest kWithTypes{
    .headers = {{"content-TYPE", {"text/plain", "charset=utf-8"}}, {"Accept", {"a", "b"}}}};
constexpr const char* kUnicodeParams =
    R"({"method":"GET","path":"/é中","requestURI":"/?q=é","headersMap":{"X-A":["é"]}})";

const std::vector<Row> kRows = {
    Environ("SaysTheMethod", "REQUEST_METHOD", "DELETE", {.method = "DELETE"}),
    Environ("SaysThePath", "PATH_INFO", "/a/b c", {.path = "/a/b c"}),
    Environ("TakesAnEmptyPathForTheRoot", "PATH_INFO", "/", {.path = ""}),
    Environ("SaysTheQuery", "QUERY_STRING", "a=1&b=?", {.uri = "/p?a=1&b=?"}),
    Environ("HasAnEmptyQueryWithoutOne", "QUERY_STRING", "", {.uri = "/p"}),
    Environ("SaysTheRequestUri", "fc.request_uri", "/p%20q?a=1", {.uri = "/p%20q?a=1"}),
    Environ("SaysTheContentType", "CONTENT_TYPE", "text/plain,charset=utf-8", kWithTypes),
    Environ("HasNoContentTypeAmongTheHeaders", "HTTP_CONTENT_TYPE", "absent", kWithTypes),
    Environ("TakesOctetsForTheContentType", "CONTENT_TYPE", "application/octet-stream"),
    Shows("SaysTheBodysLength", "repr(environ['CONTENT_LENGTH'])", "'5'", {.method = "POST"},
          "hello"),
    Shows("SaysZeroForNoBody", "repr(environ['CONTENT_LENGTH'])", "'0'"),
    Environ("SaysTheBodysLengthWhateverTheHeaderSays", "CONTENT_LENGTH", "2",
            {.method = "POST", .headers = {{"Content-Length", {"77"}}}}, "ab"),
    Environ("SaysTheClientsAddress", "REMOTE_ADDR", "10.1.2.3", {.client_ip = "10.1.2.3"}),
    Environ("HasHeaders", "HTTP_X_FORWARDED_FOR", "1.2.3.4",
            {.headers = {{"x-Forwarded-For", {"1.2.3.4"}}}}),
    Environ("JoinsTheValuesOfAHeader", "HTTP_ACCEPT", "a,b", kWithTypes),
    Environ("JoinsTheSpellingsOfAHeader", "HTTP_X_A", "1,2",
            {.headers = {{"X-A", {"1"}}, {"x-a", {"2"}}}}),
    Environ("HasAnEmptyScriptName", "SCRIPT_NAME", ""),
    Environ("SaysTheServersName", "SERVER_NAME", "FCRUNTIME"),
    Shows("SaysTheServersPort", "repr(environ['SERVER_PORT'])", "'9000'"),
    Environ("SaysTheProtocol", "SERVER_PROTOCOL", "HTTP/1.1"),
    Environ("SaysTheServersSoftware", "SERVER_SOFTWARE", "FCRUNTIME/1.0"),
    Environ("SaysThatItIsHttp", "HTTP", "on"),
    Environ("SaysTheVersionOfWsgi", "wsgi.version", "(1, 0)"),
    Environ("SaysTheScheme", "wsgi.url_scheme", "http"),
    Shows("SaysHowItIsCalled",
          "[environ['wsgi.' + n] for n in ('multithread', 'multiprocess', 'run_once')]",
          "[False, False, False]"),
    Shows("WritesErrorsToStderr", "environ['wsgi.errors'] is sys.stderr", "True"),
    Shows("PassesTheContext", "environ['fc.context'].request_id", "r-1"),
    CallsTheHandlerItNames(),
    ShowsItsOwnVariables(),
    PutsTheRequestAboveTheVariables(),
    StartsAnewWithEachRequest(),
    Shows("LeavesTheProcesssVariablesAlone", "'REQUEST_METHOD' in os.environ", "False"),

    EnvironOfParams("LivesWithoutHeaders", "PATH_INFO", "/p",
                    R"({"method":"GET","path":"/p","headersMap":null})"),
    EnvironOfParams("LivesWithoutAllButTheMethod", "PATH_INFO", "/", R"({"method":"GET"})"),
    EnvironOfParams("HasAnEmptyAddressWithoutOne", "REMOTE_ADDR", "", R"({"method":"GET"})"),
    // As PEP 3333 wants it, and Flask and Django take it: each byte of UTF-8 a character.
    {.rule = "SpeaksOfUnicodeAsWsgiDoes",
     .files = Index(Showing("' '.join(environ[k].encode('latin-1').decode('utf-8') for k in "
                            "('PATH_INFO', 'QUERY_STRING', 'HTTP_X_A'))")),
     .calls = {CallWithParams(EncodeBase64(kUnicodeParams), HttpBody(200, "/é中 q=é é"))}},

    EchoesBody("PassesTextBothWays", "héllo"),
    {.rule = "PassesAMegabyteOfAnyBytesBothWays",
     .files = Index(kEchoes),
     .play = PassesAMegabyteBothWays},
    EchoesBody("PassesNoBodyBothWays", ""),
    Shows("LetsLinesOfTheBodyBeRead", "list(environ['wsgi.input'])", "[b'a\\n', b'b']",
          {.method = "POST"}, "a\nb"),
};

OPENFC_CONFORMANCE_ROWS(Section5Requests, kRows);

}  // namespace
}  // namespace openfc::testing
