// A deadline passes in the HTTP mode: the caller is answered, the function ended, the next request
// served.

#include "tests/integration/http_mode/http_mode_test.h"

#include <nlohmann/json.hpp>
#include <signal.h>

#include <chrono>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class HttpDeadlineTest : public HttpModeTest {
 protected:
  /// Of a timeout of one second, most has passed already.
  static HeaderPairs OneSecond(const std::string& id) {
    using std::chrono::milliseconds;
    const auto until = std::chrono::system_clock::now().time_since_epoch() + milliseconds(100);
    const auto ms = std::chrono::duration_cast<milliseconds>(until).count();
    return {{"x-fc-request-id", id},
            {"x-fc-function-timeout", "1"},
            {"x-fc-function-deadline", std::to_string(ms)}};
  }

  /// The function is loaded: a deadline from here on is the function's.
  void Start(const HttpInstance::Variables& variables = {}) {
    instance_.Start(variables);
    ASSERT_EQ(instance_.Invoke("echo").status, 200);
  }

  static void ExpectTimeout(const HttpReply& reply, int status = 404) {
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.Header("x-fc-status"), "404");
    const Json document = Json::parse(reply.body, nullptr, false);
    ASSERT_TRUE(document.is_object()) << reply.body;
    EXPECT_EQ(document["errorType"], "FunctionTimeout");
    EXPECT_EQ(document["errorMessage"], "Function timed out after 1 seconds");
  }
};

TEST_F(HttpDeadlineTest, IsAnsweredWhileTheFunctionIsStillAtIt) {
  Start();

  ExpectTimeout(instance_.Invoke("sleeps", OneSecond("r-1")));
}

TEST_F(HttpDeadlineTest, IsAnsweredAsTheRequestsKindIs) {
  HttpInstance triggered(
      "import time\n"
      "def handler(event, context):\n    time.sleep(3600)\n"
      "def hook(context):\n    time.sleep(3600)\n");
  triggered.Start({{"FC_INITIALIZER_HANDLER", "index.hook"}});

  ExpectTimeout(triggered.Ask({.method = "GET", .target = "/", .headers = OneSecond("r-1")}), 502);
  ExpectTimeout(triggered.Ask({.target = "/initialize",
                               .headers = {{"x-fc-function-timeout", "60"},
                                           {"x-fc-initialization-timeout", "1"}}}),
                500);
}

TEST_F(HttpDeadlineTest, TurnsClientsAwayBeforeItIsAnswered) {
  Start();

  const HttpReply reply = instance_.Invoke("sleeps", OneSecond("r-1"));

  EXPECT_EQ(reply.Header("Connection"), "close");
}

TEST_F(HttpDeadlineTest, LosesNoRequestThatComesRightAfterIt) {
  Start();

  for (int i = 0; i < 3; ++i) {
    ExpectTimeout(instance_.Invoke("sleeps", OneSecond("r-1")));
    EXPECT_EQ(instance_.Invoke("echo").body, "served");
  }
}

TEST_F(HttpDeadlineTest, IsLoggedWithTheStack) {
  Start();

  (void)instance_.Invoke("sleeps", OneSecond("r-1"));

  ASSERT_TRUE(AwaitText("invocation_failed request_id=r-1 error_type=FunctionTimeout"));
  EXPECT_THAT(Err(), HasSubstr("\"in sleeps\""));
  EXPECT_TRUE(AwaitText("FC Invoke End RequestId: r-1, Error: Unhandled function error\n"));
}

TEST_F(HttpDeadlineTest, OfWhatWaitsForItsTurnEndsNothingElse) {
  Start();
  http::RawClient first = Send("waits");
  ASSERT_TRUE(AwaitText("waits\n"));

  ExpectTimeout(instance_.Invoke("echo", OneSecond("r-2")));
  OpenGate();

  EXPECT_EQ(ReadReply(first).body, "waited");
  EXPECT_EQ(instance_.Invoke("echo").body, "served");
}

TEST_F(HttpDeadlineTest, OfACoroutineEndsNothingElse) {
  Start({{"FC_FUNCTION_HANDLER", "index.handler_async"}, {"FC_CONCURRENT_LIMIT", "4"}});
  http::RawClient other = instance_.Connect();

  ExpectTimeout(instance_.Invoke("sleeps", OneSecond("r-1")));
  other.Send(BytesOf({.body = "still there"}));

  EXPECT_EQ(ReadReply(other).body, "still there");
}

TEST_F(HttpDeadlineTest, OfACoroutineThatBlocksIsAnswered) {
  Start({{"FC_FUNCTION_HANDLER", "index.handler_async"}, {"FC_CONCURRENT_LIMIT", "4"}});

  ExpectTimeout(instance_.Invoke("blocks", OneSecond("r-1")));
  EXPECT_EQ(instance_.Invoke("text").body, "text");
}

TEST_F(HttpDeadlineTest, EndsARuntimeThatDoesNotGetRoundToAnswering) {
  Start();
  const int runtime = std::stoi(instance_.Invoke("process").body);
  http::RawClient client = Send("sleeps", OneSecond("r-1"));
  ASSERT_TRUE(AwaitText("sleeps\n"));

  ::kill(runtime, SIGSTOP);

  EXPECT_EQ(ReadReply(client).status, 0);
  EXPECT_EQ(instance_.Invoke("echo").body, "served");
}

}  // namespace
}  // namespace openfc::testing
