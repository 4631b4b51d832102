// A coroutine that does not come back: its event loop is what drives the server. Nobody but the
// coroutines is to notice.

#include "tests/fakes/programs.h"
#include "tests/integration/http_mode/http_mode_test.h"

#include <signal.h>

#include <fstream>
#include <stdexcept>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kTerminated = 143;

constexpr const char* kFunction = R"(import asyncio, mmap, os, time
async def handler(event, context):
    return await globals()[event.decode()]()
async def app(scope, receive, send):
    if scope['type'] != 'http': raise NotImplementedError
    answer = await globals()[scope['path'][1:]]()
    await send({'type': 'http.response.start', 'status': 200})
    await send({'type': 'http.response.body', 'body': answer.encode()})
async def echo():
    return 'served'
async def sleeps():
    print('sleeps', flush=True)
    while not os.path.exists('go'): time.sleep(0.001)
    return 'slept'
async def computes():
    with open('flag', 'r+b') as file:
        flag = mmap.mmap(file.fileno(), 1)
    print('computes', flush=True)
    while flag[0] == 48: pass
    return 'computed'
both = None
async def meets():
    global both
    if both is None:
        both = asyncio.get_running_loop().create_future()
        return await both
    both.set_result('answered before it')
    asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(sleeps()))
    return 'met'
async def forks():
    child = os.fork()
    if child == 0:
        await asyncio.sleep(1000)
    return 'ended %d' % (os.waitpid(child, 0)[1] >> 8)
async def breaks():
    asyncio.get_running_loop()._selector.select = None
    await asyncio.sleep(0)
async def descriptors():
    return str(len(os.listdir('/proc/self/fd')))
async def sleeps_and_forks():
    await sleeps()
    return await forks()
)";

class BlockedLoopTest : public ::testing::Test {
 protected:
  BlockedLoopTest() { std::ofstream(instance_.code() / "flag") << '0'; }

  /// From its return on it is known what the function is.
  void Start(HttpInstance::Variables variables = {}) {
    variables.insert({{"FC_FUNCTION_HANDLER", "index.handler"}, {"FC_CONCURRENT_LIMIT", "4"}});
    instance_.Start(variables);
    ASSERT_EQ(Invoke("echo"), "served");
  }

  http::RawClient Send(const std::string& event) const {
    http::RawClient client = instance_.Connect();
    client.Send(BytesOf({.body = event}));
    return client;
  }

  bool AwaitText(const std::string& text) { return instance_.program().output().Await(text); }
  std::string Invoke(const std::string& event) const { return instance_.Invoke(event).body; }
  int Health() const { return instance_.Ask({.method = "GET", .target = "/healthz"}).status; }

  void LetGo() const {
    std::ofstream(instance_.code() / "go");
    std::ofstream(instance_.code() / "flag", std::ios::in) << '1';
  }

  /// Blocks until nobody listens any more.
  void AwaitRefusal() const {
    try {
      while (true) {
        http::RawClient client = instance_.Connect();
        client.Send(BytesOf({.method = "GET", .target = "/healthz"}));
        (void)client.ReadToEnd();
      }
    } catch (const std::runtime_error&) {
    }
  }

  HttpInstance instance_{kFunction};
};

TEST_F(BlockedLoopTest, ALoopThatIsGivenUpLeavesNoDescriptorBehind) {
  Start();
  http::RawClient client = instance_.Connect();
  const auto ask = [&client](const std::string& event) {
    client.Send(BytesOf({.body = event}));
    return ReadReply(client).body;
  };
  EXPECT_THAT(ask("breaks"), HasSubstr("TypeError"));
  const std::string open = ask("descriptors");

  for (int i = 0; i < 5; ++i) EXPECT_THAT(ask("breaks"), HasSubstr("TypeError"));

  EXPECT_EQ(ask("descriptors"), open);
}

TEST_F(BlockedLoopTest, HealthAndMetricsAreAnsweredWhileACoroutineSleeps) {
  Start({{"OPENFC_METRICS_PORT", "0"}});
  http::RawClient sleeping = Send("sleeps");
  ASSERT_TRUE(AwaitText("sleeps\n"));

  EXPECT_EQ(Health(), 200);
  EXPECT_EQ(instance_.Metrics()["openfc_in_flight"], 1);
  LetGo();

  EXPECT_EQ(ReadReply(sleeping).body, "slept");
}

TEST_F(BlockedLoopTest, HealthIsAnsweredWhileACoroutineComputes) {
  Start();
  http::RawClient computing = Send("computes");
  ASSERT_TRUE(AwaitText("computes\n"));

  EXPECT_EQ(Health(), 200);
  LetGo();

  EXPECT_EQ(ReadReply(computing).body, "computed");
}

TEST_F(BlockedLoopTest, WhatCameMeanwhileIsServedAfterwards) {
  Start();
  http::RawClient sleeping = Send("sleeps");
  ASSERT_TRUE(AwaitText("sleeps\n"));
  http::RawClient next = Send("echo");
  EXPECT_EQ(Health(), 200);

  LetGo();

  EXPECT_EQ(ReadReply(sleeping).body, "slept");
  EXPECT_EQ(ReadReply(next).body, "served");
  EXPECT_EQ(Invoke("echo"), "served");
}

TEST_F(BlockedLoopTest, WhatWasAnsweredBeforeIsNotHeldUp) {
  Start();
  http::RawClient first = Send("meets");
  http::RawClient second = Send("meets");
  ASSERT_TRUE(AwaitText("sleeps\n"));

  const std::string answers = ReadReply(first).body + ReadReply(second).body;
  LetGo();

  EXPECT_THAT(answers, HasSubstr("met"));
  EXPECT_THAT(answers, HasSubstr("answered before it"));
}

TEST_F(BlockedLoopTest, AnApplicationsDeadlineIsAnswered) {
  instance_.Start({{"FC_FUNCTION_HANDLER", "index.app"}, {"OPENFC_INTERFACE", "asgi"}});
  ASSERT_EQ(instance_.Ask({.method = "GET", .target = "/echo"}).body, "served");

  const HttpReply reply = instance_.Ask(
      {.method = "GET", .target = "/sleeps", .headers = {{"x-fc-function-timeout", "1"}}});

  EXPECT_EQ(reply.status, 502);
  EXPECT_THAT(reply.body, HasSubstr("FunctionTimeout"));
}

TEST_F(BlockedLoopTest, SigtermTurnsClientsAwayMeanwhile) {
  if (ProgramsHaveSanitizer("thread"))
    GTEST_SKIP() << "the sanitizer holds the drain signal back while a thread waits";
  Start({{"OPENFC_GRACE_SECONDS", "3600"}});
  http::RawClient sleeping = Send("sleeps");
  ASSERT_TRUE(AwaitText("sleeps\n"));
  // Half of a request: a connection that is not idle.
  http::RawClient health = instance_.Connect();
  const std::string bytes = BytesOf({.method = "GET", .target = "/healthz"});
  health.Send(bytes.substr(0, 10));
  ASSERT_EQ(Health(), 200);

  instance_.program().Signal(SIGTERM);
  AwaitRefusal();
  health.Send(bytes.substr(10));

  EXPECT_EQ(ReadReply(health).status, 503);
  LetGo();
  EXPECT_EQ(ReadReply(sleeping).body, "slept");
  sleeping.Close();
  health.Close();
  EXPECT_EQ(instance_.program().AwaitEnd(), (ProgramEnd{.exit_code = kTerminated, .signal = 0}));
}

TEST_F(BlockedLoopTest, AChildThatIsForkedMeanwhileLeavesTheServerToItsParent) {
  Start();
  http::RawClient client = Send("sleeps_and_forks");
  ASSERT_TRUE(AwaitText("sleeps\n"));
  EXPECT_EQ(Health(), 200);  // The stand-by drives.

  LetGo();

  EXPECT_EQ(ReadReply(client).body, "ended 1");
  EXPECT_EQ(Invoke("echo"), "served");
}

}  // namespace
}  // namespace openfc::testing
