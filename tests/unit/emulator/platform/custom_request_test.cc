#include "emulator/platform/custom_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

Invocation InvocationOf(InvocationType type, std::string body = "") {
  Invocation invocation;
  invocation.request_id = "r-1";
  invocation.type = type;
  invocation.function = {.name = "f", .handler = "h", .memory_mb = 512, .timeout_s = 3};
  invocation.body = std::move(body);
  return invocation;
}

FunctionDefinition Function() { return {.name = "f", .custom = CustomRuntime{.port = 8099}}; }

/// A kind of call, and where it goes (fc-platform.md, 1.3).
struct CallRow {
  InvocationType type;
  const char* method;
  const char* path;
  bool has_content_type;
};

class CustomRequestTest : public ::testing::TestWithParam<CallRow> {};

TEST_P(CustomRequestTest, GoesToItsPath) {
  const CallRow& row = GetParam();
  Invocation invocation = InvocationOf(row.type, row.has_content_type ? "event" : "");

  const ExchangeRequest request = RequestFor(invocation, Function());

  EXPECT_EQ(request.method, row.method);
  EXPECT_EQ(request.target, row.path);
  EXPECT_EQ(request.body, row.has_content_type ? "event" : "");
  EXPECT_THAT(
      request.headers,
      AllOf(Contains(Pair("x-fc-control-path", row.path)), Contains(Pair("Host", "127.0.0.1:8099")),
            Contains(Pair("X-Fc-Request-Id", "r-1")), Contains(Pair("X-Fc-Function-Name", "f"))));
  EXPECT_EQ(
      std::count(request.headers.begin(), request.headers.end(),
                 std::pair<std::string, std::string>("Content-Type", "application/octet-stream")),
      row.has_content_type ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(
    Calls, CustomRequestTest,
    ::testing::Values(CallRow{InvocationType::kInvoke, "POST", "/invoke", true},
                      CallRow{InvocationType::kInitialize, "POST", "/initialize", false},
                      CallRow{InvocationType::kPreFreeze, "GET", "/pre-freeze", false},
                      CallRow{InvocationType::kPreStop, "GET", "/pre-stop", false}));

TEST(CustomRequestHooksTest, AreToldWithEveryCall) {
  FunctionDefinition function = Function();
  function.initializer = HookDefinition{.handler = "i", .timeout = std::chrono::seconds(7)};
  function.pre_stop = HookDefinition{.handler = "s"};
  function.pre_freeze = HookDefinition{.handler = "", .command = {"c"}};
  Invocation invocation = InvocationOf(InvocationType::kInvoke);

  const auto headers = RequestFor(invocation, function).headers;

  EXPECT_THAT(headers, AllOf(Contains(Pair("x-fc-function-initializer", "i")),
                             Contains(Pair("x-fc-initialization-timeout", "7")),
                             Contains(Pair("x-fc-instance-lifecycle-pre-stop-handler", "s")),
                             Not(Contains(Key("x-fc-instance-lifecycle-pre-freeze-handler")))));
}

TEST(CustomRequestForwardTest, IsTheClientsOwn) {
  Invocation invocation = InvocationOf(InvocationType::kInvoke, "body");
  invocation.http = HttpRequest{.method = "PATCH",
                                .target = "/a%20b?x",
                                .headers = {{"Host", "client"},
                                            {"X-Own", "1"},
                                            {"x-FC-request-id", "forged"},
                                            {"Connection", "close"},
                                            {"Keep-Alive", "5"},
                                            {"Expect", "100-continue"},
                                            {"Transfer-Encoding", "chunked"},
                                            {"Content-Length", "4"},
                                            {"Content-Type", "text/x"}},
                                .base_path = "/2016-08-15/proxy/s/f",
                                .client_address = {},
                                .server_address = {}};

  const ExchangeRequest request = RequestFor(invocation, Function());

  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.target, "/a%20b?x");
  EXPECT_EQ(request.body, "body");
  EXPECT_THAT(request.headers, AllOf(Contains(Pair("Host", "client")), Contains(Pair("X-Own", "1")),
                                     Contains(Pair("Content-Type", "text/x")),
                                     Contains(Pair("x-fc-control-path", "/http-invoke")),
                                     Contains(Pair("x-fc-base-path", "/2016-08-15/proxy/s/f")),
                                     Contains(Pair("X-Fc-Request-Id", "r-1"))));
  for (const char* const name : {"x-FC-request-id", "Connection", "Keep-Alive", "Expect",
                                 "Transfer-Encoding", "Content-Length"}) {
    EXPECT_THAT(request.headers, Not(Contains(Key(name)))) << name;
  }
}

/// What a server's answer to an event means (fc-platform.md, 1.5).
struct OutcomeRow {
  InvocationType type;
  int status;
  const char* told;  // x-fc-status; empty: it does not say.
  bool is_ok;
};

class CustomOutcomeTest : public ::testing::TestWithParam<OutcomeRow> {};

TEST_P(CustomOutcomeTest, KeepsTheBodyWhateverItMeans) {
  const OutcomeRow& row = GetParam();
  std::vector<std::pair<std::string, std::string>> headers = {{"X-Own", "1"}};
  if (*row.told != '\0') headers.emplace_back("X-Fc-Status", row.told);

  const Outcome outcome = OutcomeOf(row.type, row.status, headers, "body");

  ASSERT_EQ(std::holds_alternative<Response>(outcome), row.is_ok);
  EXPECT_EQ(row.is_ok ? std::get<Response>(outcome).body : std::get<Failure>(outcome).document,
            "body");
}

INSTANTIATE_TEST_SUITE_P(
    Rules, CustomOutcomeTest,
    ::testing::Values(OutcomeRow{InvocationType::kInvoke, 200, "", true},
                      OutcomeRow{InvocationType::kInvoke, 400, "", true},
                      OutcomeRow{InvocationType::kInvoke, 404, "", true},
                      OutcomeRow{InvocationType::kInvoke, 500, "200", true},
                      OutcomeRow{InvocationType::kInvoke, 200, "404", false},
                      OutcomeRow{InvocationType::kInitialize, 200, "", true},
                      OutcomeRow{InvocationType::kInitialize, 204, "404", true},
                      OutcomeRow{InvocationType::kInitialize, 302, "", false},
                      OutcomeRow{InvocationType::kInitialize, 404, "200", false},
                      OutcomeRow{InvocationType::kPreStop, 500, "", false},
                      OutcomeRow{InvocationType::kPreFreeze, 199, "", false}));

TEST(CustomOutcomeWordsTest, AreThePlatformsWhereAHookHasNone) {
  const Outcome outcome = OutcomeOf(InvocationType::kInitialize, 500, {}, "");

  EXPECT_THAT(std::get<Failure>(outcome).document,
              HasSubstr("/initialize was answered with the status 500"));
}

}  // namespace
}  // namespace openfc::emulator
