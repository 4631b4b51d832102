// How an ASGI application begins and ends.

#include "tests/unit/lang/python/web_test.h"

namespace openfc::python {
namespace {

using ::testing::HasSubstr;

/// Answers a request with what `log` holds; its lifespan is `lifespan(scope, receive, send)`.
constexpr const char* kApplication =
    "import asyncio\n"
    "log = []\n"
    "async def app(scope, receive, send):\n"
    "    if scope['type'] == 'lifespan': return await lifespan(scope, receive, send)\n"
    "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
    "    body = ' '.join(log + sorted(scope['state'])).encode()\n"
    "    await send({'type': 'http.response.body', 'body': body})\n"
    "async def lifespan(scope, receive, send):\n";

class AsgiLifespanTest : public WebTest {
 protected:
  void ServeLifespan(const std::string& body) { Serve(kApplication + body); }
};

TEST_F(AsgiLifespanTest, IsReadyBeforeTheFirstRequestAndSharesItsState) {
  ServeLifespan(
      "    log.append((await receive())['type'])\n"
      "    await asyncio.sleep(0)\n"
      "    scope['state']['pool'] = 1\n"
      "    log.append(scope['asgi']['version'])\n"
      "    await send({'type': 'lifespan.startup.complete'})\n"
      "    await receive()\n");

  ASSERT_TRUE(loaded_) << loaded_.error().message;
  EXPECT_EQ(BodyOf(Send(Of(Get("/")))), "lifespan.startup 3.0 pool");
}

TEST_F(AsgiLifespanTest, IsToldWhenItEndsAndWaitedFor) {
  ServeLifespan(
      "    await receive()\n"
      "    await send({'type': 'lifespan.startup.complete'})\n"
      "    print((await receive())['type'], flush=True)\n"
      "    await asyncio.sleep(0)\n"
      "    print('put away', flush=True)\n"
      "    await send({'type': 'lifespan.shutdown.complete'})\n");
  ::testing::internal::CaptureStdout();

  python_.reset();

  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "lifespan.shutdown\nput away\n");
}

TEST_F(AsgiLifespanTest, AStartThatFailsIsALoadThatFailsAndTheAnswerToEveryRequest) {
  ServeLifespan(
      "    await receive()\n"
      "    await send({'type': 'lifespan.startup.failed', 'message': 'no database'})\n");

  ASSERT_FALSE(loaded_);
  EXPECT_EQ(loaded_.error().message, "the application's startup failed: no database");
  EXPECT_THAT(TextOf(Send(Of(Get("/"))).AwaitOutcome()), HasSubstr("no database"));
}

struct Stranger {
  const char* name;
  const char* lifespan;
};

class AsgiWithoutLifespanTest : public AsgiLifespanTest,
                                public ::testing::WithParamInterface<Stranger> {};

TEST_P(AsgiWithoutLifespanTest, IsServedNevertheless) {
  ServeLifespan(std::string("    ") + GetParam().lifespan + "\n");

  ASSERT_TRUE(loaded_) << loaded_.error().message;
  EXPECT_EQ(BodyOf(Send(Of(Get("/")))), "");
  python_.reset();
}

INSTANTIATE_TEST_SUITE_P(
    Strangers, AsgiWithoutLifespanTest,
    ::testing::Values(Stranger{"raises", "raise KeyError('type')"},
                      Stranger{"raises after it was asked", "await receive(); raise ValueError"},
                      Stranger{"returns", "pass"},
                      Stranger{"sends what it should not", "await send({'type': 'x'})"}),
    [](const auto& form) { return "Number" + std::to_string(form.index); });

TEST_F(AsgiLifespanTest, AShutdownThatRaisesEndsNothingElse) {
  ServeLifespan(
      "    await receive()\n"
      "    await send({'type': 'lifespan.startup.complete'})\n"
      "    await receive()\n"
      "    raise ValueError\n");

  python_.reset();

  SUCCEED();
}

}  // namespace
}  // namespace openfc::python
