// The API below /_openfc/, by which the console and the other commands look at a real
// `fclocal start`, and the page itself.

#include "tests/integration/fclocal/start_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace openfc::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kEcho =
    "def handler(event, context):\n"
    "    print('said ' + event.decode(errors='replace'), flush=True)\n"
    "    if event == b'fail': raise ValueError('broken')\n"
    "    return event\n";

class ControlTest : public StartTest {
 protected:
  std::string Token() const {
    return nlohmann::json::parse(std::ifstream(folder_.path() / ".fclocal" / "fclocal.json"))
        .at("token");
  }
  PlatformCall CallApi(const std::string& method, const std::string& path,
                       const std::string& body = "") const {
    return Call(method, "/_openfc/" + path, body, "x-openfc-token: " + Token() + "\r\n");
  }
  PlatformAnswer AskApi(const std::string& method, const std::string& path,
                        const std::string& body = "") const {
    return CallApi(method, path, body).Await();
  }
};

TEST_F(ControlTest, ServesNobodyWithoutTheToken) {
  Define(kEcho);
  Begin();
  const std::string token = Token();

  for (const std::string& wrong :
       {std::string(), std::string("x-openfc-token: \r\n"),
        "x-openfc-token: " + token.substr(1) + "\r\n", "x-openfc-token: " + token + "0\r\n"}) {
    const auto answer = Ask("GET", "/_openfc/functions", "", wrong);
    EXPECT_EQ(answer.status, 403) << wrong;
    EXPECT_THAT(answer.json()["error"].get<std::string>(), HasSubstr("x-openfc-token"));
    EXPECT_EQ(Ask("POST", "/_openfc/functions/f/invoke", "x", wrong).status, 403);
    EXPECT_EQ(Ask("POST", "/_openfc/stop", "", wrong).status, 403);
  }
  EXPECT_THAT(program_->output().err(), Not(HasSubstr("said x")));
}

TEST_F(ControlTest, ListsFunctions) {
  Define(kEcho,
         "      memorySize: 256\n      timeout: 7\n      triggers:\n"
         "        - {triggerName: web, triggerType: http, triggerConfig: {authType: anonymous, "
         "methods: [GET]}}\n"
         "        - {triggerName: tick, triggerType: timer, triggerConfig: {cronExpression: "
         "'@every 1h', enable: false}}\n");
  Begin();

  const auto functions = AskApi("GET", "functions").json()["functions"];

  ASSERT_EQ(functions.size(), 1U);
  EXPECT_EQ(functions[0]["name"], "f");
  EXPECT_EQ(functions[0]["service"], "");
  EXPECT_EQ(functions[0]["runtime"], "python3.10");
  EXPECT_EQ(functions[0]["handler"], "index.handler");
  EXPECT_EQ(functions[0]["memoryMb"], 256);
  EXPECT_EQ(functions[0]["timeoutS"], 7);
  EXPECT_EQ(functions[0]["concurrency"], 1);
  EXPECT_EQ(functions[0]["http"], true);
  EXPECT_EQ(functions[0]["url"], "http://localhost/proxy/f/");
  EXPECT_EQ(functions[0]["timers"][0]["name"], "tick");
  EXPECT_EQ(functions[0]["timers"][0]["expression"], "@every 1h");
  EXPECT_EQ(functions[0]["timers"][0]["next"], nullptr);
}

TEST_F(ControlTest, HasASampleOfEachEvent) {
  Define(kEcho);
  Begin();

  const auto events = AskApi("GET", "events").json()["events"];

  std::map<std::string, nlohmann::json> by_type;
  for (const auto& event : events) by_type[event["type"]] = event;
  EXPECT_TRUE(
      nlohmann::json::parse(by_type["timer"]["text"].get<std::string>()).contains("triggerTime"));
  EXPECT_TRUE(by_type["tablestore"]["base64"].is_string());
}

TEST_F(ControlTest, InvokesAFunctionAndTellsAllOfIt) {
  Define(kEcho);
  Begin();

  const auto invoked = AskApi("POST", "functions/f/invoke", "héllo").json();

  EXPECT_EQ(invoked["ok"], true);
  EXPECT_EQ(invoked["result"], "héllo");
  EXPECT_EQ(invoked["resultEncoding"], "utf-8");
  EXPECT_EQ(invoked["errorType"], "");
  EXPECT_GE(invoked["billedDurationMs"].get<double>(), invoked["durationMs"].get<double>());
  EXPECT_GT(invoked["maxMemoryUsedMb"].get<double>(), 0);
  EXPECT_THAT(invoked["log"].get<std::string>(), HasSubstr("said héllo\n"));
  const auto log =
      AskApi("GET", "invocations/" + invoked["requestId"].get<std::string>() + "/log").json();
  EXPECT_EQ(log["log"], invoked["log"]);
  EXPECT_EQ(log["truncated"], false);
}

TEST_F(ControlTest, TellsAFailureAndBytes) {
  Define(kEcho);
  Begin();

  const auto failed = AskApi("POST", "functions/f/invoke", "fail").json();
  const auto bytes = AskApi("POST", "functions/f/invoke", "\xff\x00\xfe").json();

  EXPECT_EQ(failed["ok"], false);
  EXPECT_EQ(failed["errorType"], "ValueError");
  EXPECT_THAT(failed["result"].get<std::string>(), HasSubstr("broken"));
  EXPECT_EQ(bytes["resultEncoding"], "base64");
  EXPECT_EQ(bytes["result"], "/w==");
}

TEST_F(ControlTest, FindsAFunctionByItsService) {
  DefineFc2(kEcho);
  Begin();

  EXPECT_EQ(AskApi("POST", "functions/f/invoke?service=s", "x").json()["result"], "x");
  const auto other = AskApi("POST", "functions/f/invoke?service=other", "x");
  EXPECT_EQ(other.status, 404);
  EXPECT_THAT(other.json()["error"].get<std::string>(), HasSubstr("other"));
}

TEST_F(ControlTest, ListsInvocationsAfterANumber) {
  Define(kEcho);
  Begin();
  ASSERT_EQ(InvokeF("one").status, 200);
  ASSERT_EQ(InvokeF("fail").status, 200);

  const auto all = AskApi("GET", "invocations?after=0").json();

  ASSERT_EQ(all["invocations"].size(), 2U);
  EXPECT_EQ(all["last"], 2);
  EXPECT_EQ(all["invocations"][0]["seq"], 1);
  EXPECT_EQ(all["invocations"][0]["function"], "f");
  EXPECT_EQ(all["invocations"][0]["kind"], "sync");
  EXPECT_EQ(all["invocations"][0]["ok"], true);
  EXPECT_EQ(all["invocations"][0]["coldStart"], true);
  EXPECT_EQ(all["invocations"][1]["ok"], false);
  EXPECT_EQ(all["invocations"][1]["errorType"], "ValueError");
  EXPECT_EQ(AskApi("GET", "invocations?after=1").json()["invocations"].size(), 1U);
  EXPECT_EQ(AskApi("GET", "invocations?after=x").status, 400);
}

TEST_F(ControlTest, WaitsForTheNextInvocation) {
  Define(kEcho);
  Begin();
  auto waiting = CallApi("GET", "invocations?after=0&function=f");

  ASSERT_EQ(InvokeF("one").status, 200);

  EXPECT_EQ(waiting.Await().json()["invocations"][0]["seq"], 1);
}

TEST_F(ControlTest, EndsWhileSomebodyWaits) {
  Define(kEcho);
  Begin();
  auto waiting = CallApi("GET", "invocations?after=0");
  ASSERT_EQ(AskApi("GET", "functions").status, 200);

  EXPECT_EQ(StopIt().exit_code, 130);
}

TEST_F(ControlTest, ListsAndStopsInstances) {
  Define("def handler(event, context): return str(os.getpid())\n");
  Begin();
  const std::string pid = InvokeF().body;

  const auto instances = AskApi("GET", "instances").json()["instances"];

  ASSERT_EQ(instances.size(), 1U);
  EXPECT_EQ(instances[0]["function"], "f");
  EXPECT_THAT(instances[0]["state"].get<std::string>(), ::testing::AnyOf("ready", "frozen"));
  EXPECT_EQ(instances[0]["inFlight"], 0);
  EXPECT_EQ(instances[0]["invocations"], 1);
  EXPECT_GT(instances[0]["memoryBytes"].get<long>(), 0);
  EXPECT_GE(instances[0]["peakMemoryBytes"].get<long>(), instances[0]["memoryBytes"].get<long>());
  const std::string id = instances[0]["id"];
  EXPECT_EQ(AskApi("POST", "instances/" + id + "/stop").status, 200);
  EXPECT_NE(InvokeF().body, pid);
  EXPECT_EQ(AskApi("POST", "instances/none/stop").status, 404);
}

TEST_F(ControlTest, RefusesWhatItDoesNotHave) {
  Define(kEcho);
  Begin();

  EXPECT_EQ(AskApi("GET", "nothing").status, 404);
  EXPECT_EQ(AskApi("GET", "invocations/1-2-3/log").status, 404);
  EXPECT_EQ(AskApi("POST", "functions/none/invoke").status, 404);
  EXPECT_EQ(AskApi("POST", "functions/a/b/invoke").status, 404);
  EXPECT_EQ(AskApi("PUT", "functions").status, 405);
}

TEST_F(ControlTest, TellsOfAClientThatHasGoneWhileItsCallWaits) {
  Define(
      "def handler(event, context):\n"
      "    print('waiting', flush=True)\n"
      "    open('gate').read()\n",
      "      timeout: 600\n");
  const std::string gate = MakeGate();
  Begin({"--max-instances", "1", "--max-waiting", "1"});
  auto first = CallF();
  ASSERT_TRUE(program_->output().Await("waiting"));
  auto second = CallF();
  EXPECT_EQ(InvokeF().status, 429);

  second.client().Close();

  // Its place is free again, while the first one still runs.
  std::string told;
  while (told.find("ClientGone") == std::string::npos) {
    told = AskApi("GET", "invocations?after=0").body;
  }
  auto third = CallF();
  OpenGate(gate);
  EXPECT_EQ(first.Await().status, 200);
  OpenGate(gate);
  EXPECT_EQ(third.Await().status, 200);
}

TEST_F(ControlTest, ServesThePageWithTheToken) {
  Define(kEcho);
  Begin();

  const auto page = Ask("GET", "/");

  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.Header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.Header("cache-control"), "no-store");
  EXPECT_EQ(page.Header("content-security-policy"), "frame-ancestors 'none'");
  EXPECT_EQ(page.Header("x-content-type-options"), "nosniff");
  EXPECT_THAT(page.body, AllOf(HasSubstr("content=\"" + Token() + "\""),
                               HasSubstr("Content-Security-Policy")));
  EXPECT_EQ(Ask("GET", "/", "", "Host: evil.example.com\r\n").status, 403);
  EXPECT_EQ(Ask("GET", "/", "", "Origin: http://evil.example.com\r\n").status, 403);
}

TEST_F(ControlTest, ServesWhatThePageNeedsOnceOnly) {
  Define(kEcho);
  Begin();

  const auto style = Ask("GET", "/_openfc/console.css");

  EXPECT_EQ(style.status, 200);
  EXPECT_EQ(style.Header("content-type"), "text/css; charset=utf-8");
  EXPECT_EQ(Ask("GET", "/_openfc/console.css", "",
                "Connection: close\r\nIf-None-Match: " + style.Header("etag") + "\r\n")
                .status,
            304);
}

}  // namespace
}  // namespace openfc::testing
