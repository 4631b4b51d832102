// What a real `fclocal start` refuses, as a table: a row for each error and each limit of the
// Invoke API and of HTTP triggers (fc-platform.md, 1.5, 6, 7.3 and 7.4).

#include "runtime/wire/encoding.h"
#include "tests/integration/fclocal/start_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kKib = 1024;

/// A request, and what must come of it. Empty `code`: it is served.
struct Row {
  std::string what;
  std::string method;
  std::string target;
  std::string headers = {};
  std::string body = {};
  int status = 200;
  std::string code = {};
  std::string says = {};  // A part of the message.
};

std::string Header(const std::string& name, std::size_t size) {
  return name + ": " + std::string(size, 'v') + "\r\n";
}

class StartRefusalsTest : public StartTest {
 protected:
  static constexpr const char* kFc2 = "/2016-08-15/services/s/functions/f/invocations";
  static constexpr const char* kFc3Trigger =
      "      triggers: [{triggerName: t, triggerType: http, triggerConfig: {authType: anonymous, "
      "methods: [GET, POST]}}]\n";
  static constexpr const char* kFc2Trigger =
      "      triggers: [{name: t, type: http, config: {authType: anonymous, methods: [GET, "
      "POST]}}]\n";

  /// `code_key` and `message_key` are those of the version that is asked.
  void Expect(const std::vector<Row>& rows, const std::string& code_key,
              const std::string& message_key) const {
    for (const Row& row : rows) {
      const auto answer = Ask(row.method, row.target, row.body, row.headers);
      EXPECT_EQ(answer.status, row.status) << row.what << "\n" << answer.head;
      EXPECT_NE(answer.Header("x-fc-request-id"), "") << row.what;
      if (row.code.empty()) continue;
      const auto document = answer.json();
      EXPECT_EQ(document.value(code_key, ""), row.code) << row.what << answer.body;
      EXPECT_THAT(document.value(message_key, ""), HasSubstr(row.says)) << row.what;
      EXPECT_NE(document.value(message_key, ""), "") << row.what;
      EXPECT_EQ(answer.Header("content-type"), "application/json") << row.what;
      // What comes next is served.
      EXPECT_EQ(Ask("GET", "/").status, 200) << row.what;
    }
  }
};

TEST_F(StartRefusalsTest, OfFc3sInvokeApi) {
  Define("def handler(event, context): return str(len(event))\n");
  Begin();
  const std::string f = kInvocations;
  const std::string async = "x-fc-invocation-type: Async\r\n";

  Expect(
      {
          {"a call", "POST", f},
          {"words in any case", "POST", f, "X-FC-LOG-TYPE: tail\r\nx-fc-invocation-type: SYNC\r\n"},
          {"an unknown function", "POST", "/2023-03-30/functions/nix/invocations", "", "", 404,
           "FunctionNotFound", "nix"},
          {"an unknown service", "POST", "/2023-03-30/functions/nix$f/invocations", "", "", 404,
           "ServiceNotFound", "nix"},
          {"another method", "GET", f, "", "", 405, "MethodNotAllowed", "GET"},
          {"a path of the management API", "POST", "/2023-03-30/functions/f", "", "", 400,
           "PathNotSupported"},
          {"an unknown version", "POST", "/1999-01-01/functions/f/invocations", "", "", 400,
           "PathNotSupported"},
          {"an odd invocation type", "POST", f, "x-fc-invocation-type: Later\r\n", "", 400,
           "InvalidArgument", "x-fc-invocation-type"},
          {"an odd log type", "POST", f, "x-fc-log-type: Head\r\n", "", 400, "InvalidArgument",
           "x-fc-log-type"},
          {"a qualifier", "POST", f + "?qualifier=prod-1_A"},
          {"a qualifier with a line end", "POST", f + "?qualifier=a%0d%0ax-fc-own:%20b", "", "",
           400, "InvalidArgument", "qualifier"},
          {"a qualifier with a null byte", "POST", f + "?qualifier=a%00b", "", "", 400,
           "InvalidArgument", "qualifier"},
          {"a long qualifier", "POST", f + "?qualifier=" + std::string(129, 'q'), "", "", 400,
           "InvalidArgument", "qualifier"},
          {"the largest async event", "POST", f, async, std::string(128 * kKib, 'x'), 202},
          {"an async event beyond that", "POST", f, async, std::string(128 * kKib + 1, 'x'), 400,
           "EntityTooLarge", "131072"},
          {"a task id", "POST", f, async + "x-fc-async-task-id: _a-1\r\n", "", 202},
          {"a task id that is taken", "POST", f, async + "x-fc-async-task-id: _a-1\r\n", "", 400,
           "InvalidArgument", "_a-1"},
          {"a task id with a digit first", "POST", f, async + "x-fc-async-task-id: 1a\r\n", "", 400,
           "InvalidArgument", "task id"},
          {"the longest task id", "POST", f,
           async + "x-fc-async-task-id: " + std::string(128, 'a') + "\r\n", "", 202},
          {"a task id beyond that", "POST", f,
           async + "x-fc-async-task-id: " + std::string(129, 'a') + "\r\n", "", 400,
           "InvalidArgument", "task id"},
          {"an unknown task", "GET", "/2023-03-30/functions/f/async-tasks/nix", "", "", 404,
           "AsyncTaskNotFound", "nix"},
      },
      "Code", "Message");
}

TEST_F(StartRefusalsTest, OfWhoeverComesFromElsewhereOrSaysTooMuch) {
  Define("def handler(event, context): return str(len(event))\n");
  Begin();
  const std::string f = kInvocations;
  std::string beyond_measure;
  for (char c = 'a'; c <= 'z'; ++c) beyond_measure += Header(std::string("X-") + c, 4 * kKib);

  Expect(
      {
          {"a foreign host", "POST", f, "Host: elsewhere.example\r\n", "", 403, "AccessDenied",
           "elsewhere.example"},
          {"a foreign page", "POST", f, "Origin: https://elsewhere.example\r\n", "", 403,
           "AccessDenied", "elsewhere.example"},
          {"a page without a name", "POST", f, "Origin: null\r\n", "", 403, "AccessDenied"},
          {"a page of another server here", "POST", f, "Origin: http://localhost:1\r\n", "", 403,
           "AccessDenied", "localhost:1'"},
          {"a page of our own", "POST", f, "Origin: http://localhost\r\n"},
          {"one long header", "POST", f, Header("X-A", 9 * kKib), "", 400, "InvalidArgument"},
          {"headers beyond all measure", "POST", f, beyond_measure, "", 400, "InvalidArgument"},
      },
      "Code", "Message");
}

TEST_F(StartRefusalsTest, OfFc2sInvokeApi) {
  DefineFc2("def handler(event, context): return str(len(event))\n");
  Begin();

  Expect(
      {
          {"a call", "POST", kFc2},
          {"of the other version", "POST", "/2021-04-06/services/s/functions/f/invocations"},
          {"with a qualifier", "POST", "/2016-08-15/services/s.prod/functions/f/invocations"},
          {"an unknown service", "POST", "/2016-08-15/services/nix/functions/f/invocations", "", "",
           404, "ServiceNotFound", "nix"},
          {"an unknown function", "POST", "/2021-04-06/services/s/functions/nix/invocations", "",
           "", 404, "FunctionNotFound", "nix"},
          {"a path of the management API", "GET", "/2016-08-15/services", "", "", 400,
           "PathNotSupported"},
          {"another method", "PUT", kFc2, "", "", 405, "MethodNotAllowed", "PUT"},
          {"a qualifier with a line end", "POST",
           "/2016-08-15/services/s.a%0d%0ab/functions/f/invocations", "", "", 400,
           "InvalidArgument", "qualifier"},
          {"a foreign host", "POST", kFc2, "Host: elsewhere.example\r\n", "", 403, "AccessDenied",
           "elsewhere.example"},
          {"an async event that is too large", "POST", kFc2, "x-fc-invocation-type: Async\r\n",
           std::string(128 * kKib + 1, 'x'), 400, "EntityTooLarge", "131072"},
      },
      "ErrorCode", "ErrorMessage");
}

TEST_F(StartRefusalsTest, OfEventsThatAreTooLargeBeforeTheyCome) {
  Define("def handler(event, context): return 'x'\n");
  Begin();

  for (const std::string& target : {std::string(kInvocations), std::string(kFc2)}) {
    const auto answer =
        PlatformCall(port_, "POST " + target +
                                " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 33554433\r\n\r\n")
            .Await();

    EXPECT_EQ(answer.status, 400) << target;
    const bool is_fc3 = target == kInvocations;
    EXPECT_EQ(answer.json()[is_fc3 ? "Code" : "ErrorCode"], "EntityTooLarge");
    EXPECT_THAT(answer.json()[is_fc3 ? "Message" : "ErrorMessage"].get<std::string>(),
                HasSubstr("33554432"));
  }
}

constexpr const char* kAnswersByPath =
    "def handler(event, context):\n"
    "    path = json.loads(event)['rawPath']\n"
    "    size = int(path[1:]) if path[1:].isdigit() else 0\n"
    "    return {'statusCode': 200, 'headers': {'X-Size': 'v' * size}, 'body': 'x'}\n";

TEST_F(StartRefusalsTest, OfFc3sTriggers) {
  Define(kAnswersByPath, kFc3Trigger);
  Begin();
  const std::string f = "/proxy/f/";
  const std::string path(4 * kKib - f.size(), 'p');

  Expect(
      {
          {"a request", "GET", f},
          {"the longest path", "GET", f + path},
          {"a path beyond that", "GET", f + path + "p", "", "", 400, "InvalidArgument", "4 KB"},
          {"a query beyond that", "GET", f + "?" + path, "", "", 400, "InvalidArgument", "4 KB"},
          {"a target beyond all measure", "GET", f + std::string(20 * kKib, 'p'), "", "", 400,
           "InvalidArgument"},
          {"large headers", "GET", f, Header("X-A", 4 * kKib) + Header("X-B", 3 * kKib)},
          {"headers beyond 8 KB", "GET", f, Header("X-A", 4 * kKib) + Header("X-B", 4 * kKib), "",
           400, "InvalidArgument", "8 KB"},
          {"an answer with large headers", "GET", f + "8000"},
          {"an answer with headers beyond 8 KB", "GET", f + "8192", "", "", 502, "BadResponse",
           "8 KB"},
          {"a method that it does not take", "DELETE", f, "", "", 403, "AccessDenied", "DELETE"},
          {"an unknown function", "GET", "/proxy/nix/", "", "", 404, "FunctionNotFound", "nix"},
          {"a foreign host", "GET", f, "Host: f.elsewhere.example\r\n", "", 403, "AccessDenied"},
      },
      "Code", "Message");
}

TEST_F(StartRefusalsTest, OfFc2sTriggersUnderOneType) {
  DefineFc2(
      "def handler(environ, start_response):\n"
      "    size = int(environ['QUERY_STRING'] or 0)\n"
      "    start_response('200 OK', [('X-Size', 'v' * size)])\n"
      "    return [b'x']\n",
      "", kFc2Trigger);
  Begin();
  const std::string f = "/2016-08-15/proxy/s/f/";
  const std::vector<Row> rows = {
      {"a path beyond 4 KB", "GET", f + std::string(4 * kKib, 'p'), "", "", 400, "InvalidArgument",
       "4 KB"},
      {"headers beyond 8 KB", "GET", f, Header("X-A", 4 * kKib) + Header("X-B", 4 * kKib), "", 400,
       "InvalidArgument", "8 KB"},
      {"an answer with headers beyond 8 KB", "GET", f + "?9000", "", "", 502, "BadResponse",
       "8 KB"},
      {"a method that it does not take", "DELETE", f, "", "", 403, "AccessDenied", "DELETE"},
      {"an unknown function", "GET", "/2016-08-15/proxy/s/nix/", "", "", 404, "FunctionNotFound"},
      {"an unknown service", "GET", "/2016-08-15/proxy/nix/f/", "", "", 404, "ServiceNotFound"},
      {"a qualifier with a line end", "GET", "/2016-08-15/proxy/s.a%0d%0ab/f/", "", "", 400,
       "InvalidArgument", "qualifier"},
  };

  Expect(rows, "ErrorCode", "ErrorMessage");

  for (const Row& row : rows) {
    EXPECT_EQ(Ask(row.method, row.target, row.body, row.headers).Header("x-fc-error-type"),
              "FcCommonError")
        << row.what;
  }
  EXPECT_EQ(Ask("GET", f + "?8000").status, 200);
}

TEST_F(StartRefusalsTest, EndWhereLimitsAreLifted) {
  Define(kAnswersByPath, kFc3Trigger);
  Begin({"--no-limits"});

  EXPECT_EQ(Ask("GET", "/proxy/f/" + std::string(5 * kKib, 'p')).status, 200);
  EXPECT_EQ(Ask("GET", "/proxy/f/", "", Header("X-A", 5 * kKib) + Header("X-B", 5 * kKib)).status,
            200);
  EXPECT_EQ(Ask("GET", "/proxy/f/10000").status, 200);
  EXPECT_EQ(InvokeF(std::string(129 * kKib, ' '), "x-fc-invocation-type: Async\r\n").status, 202);
}

TEST_F(StartRefusalsTest, OfCallsBeyondThoseThatMayWait) {
  Define("def handler(event, context): return open('gate').read()\n", kFc3Trigger);
  const std::string gate = MakeGate();
  Begin({"--max-instances", "1", "--max-waiting", "0"});
  auto running = CallF();
  // It runs, and has the only place, once it has asked for the gate.
  std::ofstream open_gate(gate);

  const auto refused = InvokeF();

  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.json()["Code"], "ResourceExhausted");
  EXPECT_EQ(Ask("GET", "/proxy/f/").status, 429);
  open_gate << "open";
  open_gate.close();
  EXPECT_EQ(running.Await().body, "open");
}

TEST_F(StartRefusalsTest, DoNotKeepTheLogFromThoseWhoAskForIt) {
  Define(
      "def handler(event, context):\n"
      "    print('said here')\n"
      "    if json.loads(event)['rawPath'] == '/boom': raise ValueError('asked to')\n"
      "    return 'x'\n",
      kFc3Trigger);
  Begin();

  for (const auto& [path, status] : {std::pair("/proxy/f/", 200), {"/proxy/f/boom", 502}}) {
    const auto answer = Ask("GET", path, "", "x-fc-log-type: Tail\r\n");
    EXPECT_EQ(answer.status, status);
    EXPECT_THAT(*wire::DecodeBase64(answer.Header("x-fc-log-result")), HasSubstr("said here\n"));
    EXPECT_EQ(Ask("GET", path).Header("x-fc-log-result"), "");
  }
}

}  // namespace
}  // namespace openfc::testing
