// SIGTERM in the HTTP mode: nobody is let in any more, what is in flight finishes.

#include "tests/fakes/programs.h"
#include "tests/integration/http_mode/http_mode_test.h"

#include <signal.h>

#include <stdexcept>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kTerminated = 143;

class HttpStoppingTest : public HttpModeTest {
 protected:
  HttpReply AskHealth(http::RawClient& client) {
    client.Send(BytesOf({.method = "GET", .target = "/healthz"}));
    return ReadReply(client);
  }

  /// Blocks until nobody listens any more.
  void AwaitRefusal() const {
    while (true) {
      try {
        http::RawClient client = instance_.Connect();
        client.Send(BytesOf({.method = "GET", .target = "/healthz"}));
        (void)client.ReadToEnd();
      } catch (const std::runtime_error&) {
        return;
      }
    }
  }
};

TEST_F(HttpStoppingTest, EndsAnIdleInstanceAtOnce) {
  instance_.Start({{"OPENFC_GRACE_SECONDS", "3600"}});
  ASSERT_EQ(instance_.Invoke("echo").body, "served");

  instance_.program().Signal(SIGTERM);

  ExpectEnd(kTerminated);
}

TEST_F(HttpStoppingTest, IsNotHeldUpByAnIdleConnection) {
  instance_.Start({{"OPENFC_GRACE_SECONDS", "3600"}});
  ASSERT_EQ(instance_.Invoke("echo").body, "served");
  http::RawClient idle = instance_.Connect();
  ASSERT_EQ(AskHealth(idle).status, 200);

  instance_.program().Signal(SIGTERM);

  EXPECT_EQ(idle.ReadToEnd(), "");
  ExpectEnd(kTerminated);
}

TEST_F(HttpStoppingTest, LetsWhatIsInFlightFinish) {
  if (ProgramsHaveSanitizer("thread"))
    GTEST_SKIP() << "the sanitizer holds the drain signal back while a thread waits";
  instance_.Start({{"OPENFC_GRACE_SECONDS", "3600"}});
  http::RawClient client = Send("waits");
  ASSERT_TRUE(AwaitText("waits\n"));

  instance_.program().Signal(SIGTERM);
  AwaitRefusal();
  OpenGate();

  const HttpReply reply = ReadReply(client);
  EXPECT_EQ(reply.body, "waited");
  EXPECT_EQ(reply.Header("Connection"), "close");
  client.Close();
  ExpectEnd(kTerminated);
}

TEST_F(HttpStoppingTest, LetsWhatWaitsForItsTurnFinish) {
  if (ProgramsHaveSanitizer("thread"))
    GTEST_SKIP() << "the sanitizer holds the drain signal back while a thread waits";
  instance_.Start({{"OPENFC_GRACE_SECONDS", "3600"}, {"OPENFC_METRICS_PORT", "0"}});
  http::RawClient first = Send("waits");
  ASSERT_TRUE(AwaitText("waits\n"));
  http::RawClient second = Send("echo");
  while (instance_.Metrics()["openfc_queue"] < 1) {
  }

  instance_.program().Signal(SIGTERM);
  AwaitRefusal();
  OpenGate();

  EXPECT_EQ(ReadReply(first).body, "waited");
  EXPECT_EQ(ReadReply(second).body, "served");
  first.Close();
  second.Close();
  ExpectEnd(kTerminated);
}

TEST_F(HttpStoppingTest, EndsWhatTakesLongerThanTheGraceTime) {
  instance_.Start({{"OPENFC_GRACE_SECONDS", "1"}});
  http::RawClient client = Send("sleeps", {{"x-fc-request-id", "r-1"}});
  ASSERT_TRUE(AwaitText("sleeps\n"));

  instance_.program().Signal(SIGTERM);

  EXPECT_EQ(ReadReply(client).status, 0);
  ExpectEnd(kTerminated);
  EXPECT_THAT(Err(), HasSubstr("invocation_failed request_id=r-1 error_type=ProcessExited"));
  EXPECT_THAT(Err(), HasSubstr(": instance stopped\""));
}

TEST_F(HttpStoppingTest, IsNotHealthyBeforeTheFunctionIsLoaded) {
  HttpInstance instance(
      "import os\n"
      "os.open('gate', os.O_RDONLY)\n"
      "def handler(event, context):\n    return 'served'\n");
  const auto gate = instance.code() / "gate";
  ASSERT_EQ(::mkfifo(gate.c_str(), 0600), 0);
  instance.Start();

  const HttpReply health = instance.Ask({.method = "GET", .target = "/healthz"});
  http::RawClient early = instance.Connect();
  early.Send(BytesOf({.body = "event"}));
  { const UniqueFd open(::open(gate.c_str(), O_WRONLY)); }

  EXPECT_EQ(health.status, 503);
  EXPECT_EQ(health.body, "starting\n");
  EXPECT_EQ(ReadReply(early).body, "served");
  EXPECT_EQ(instance.Ask({.method = "GET", .target = "/healthz"}).status, 200);
}

TEST_F(HttpStoppingTest, IsNotHealthyWhileItDrains) {
  if (ProgramsHaveSanitizer("thread"))
    GTEST_SKIP() << "the sanitizer holds the drain signal back while a thread waits";
  instance_.Start({{"OPENFC_GRACE_SECONDS", "3600"}});
  http::RawClient busy = Send("waits");
  ASSERT_TRUE(AwaitText("waits\n"));
  // Half of a request: a connection that is not idle.
  http::RawClient client = instance_.Connect();
  const std::string bytes = BytesOf({.method = "GET", .target = "/healthz"});
  client.Send(bytes.substr(0, 10));
  ASSERT_EQ(instance_.Ask({.method = "GET", .target = "/healthz"}).status, 200);

  instance_.program().Signal(SIGTERM);
  AwaitRefusal();
  client.Send(bytes.substr(10));

  EXPECT_EQ(ReadReply(client).status, 503);
  client.Close();
  OpenGate();
  EXPECT_EQ(ReadReply(busy).body, "waited");
  busy.Close();
  ExpectEnd(kTerminated);
}

TEST_F(HttpStoppingTest, IsRefusedThePortOfAnother) {
  instance_.Start();
  const std::string port = std::to_string(instance_.port());
  ProgramOptions options;
  options.arguments = {"--bootstrap", ProgramPath("bootstrap"), "--port", port};
  Program second("rloader", options);

  EXPECT_EQ(second.AwaitEnd(), (ProgramEnd{.exit_code = 2, .signal = 0}));
  EXPECT_EQ(second.output().err(), "rloader: port " + port +
                                       " of 0.0.0.0 is in use by another program: choose another "
                                       "port, or 0 for a free one\n");
}

}  // namespace
}  // namespace openfc::testing
