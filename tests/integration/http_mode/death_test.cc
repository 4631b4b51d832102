// The runtime dies in the HTTP mode: its connections end, the log says why, the next request is
// served.

#include "tests/integration/http_mode/http_mode_test.h"

#include <signal.h>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;

using HttpDeathTest = HttpModeTest;

TEST_F(HttpDeathTest, EndsTheConnectionWithoutAnAnswer) {
  instance_.Start();

  EXPECT_EQ(instance_.Invoke("exits").status, 0);
}

TEST_F(HttpDeathTest, IsLoggedWithItsCauseForEachInvocation) {
  instance_.Start();

  (void)instance_.Invoke("exits", {{"x-fc-request-id", "r-1"}});
  (void)instance_.Invoke("kills_itself", {{"x-fc-request-id", "r-2"}});

  ASSERT_TRUE(AwaitText("runtime_ended cause=\"killed by signal 9 (SIGKILL)\" in_flight=1"));
  EXPECT_THAT(Err(), HasSubstr("runtime_ended cause=\"exit code 3\" in_flight=1"));
  EXPECT_THAT(Err(), HasSubstr("invocation_failed request_id=r-1 error_type=ProcessExited "
                               "message=\"Process exited unexpectedly before completing request"));
  EXPECT_TRUE(AwaitText("invocation_failed request_id=r-2 error_type=ProcessExited"));
}

TEST_F(HttpDeathTest, WritesTheEndLineOfWhatWasLost) {
  instance_.Start();

  (void)instance_.Invoke("exits", {{"x-fc-request-id", "r-1"}});

  // What the log says of it may stand between the two.
  EXPECT_TRUE(AwaitText("FC Invoke End RequestId: r-1, Error: Unhandled function error\n"));
  EXPECT_TRUE(AwaitText("FC Invoke Start RequestId: r-1\n"));
}

TEST_F(HttpDeathTest, IsFollowedByARuntimeThatServes) {
  instance_.Start();

  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(instance_.Invoke("exits").status, 0);
    EXPECT_EQ(instance_.Invoke("echo").body, "served");
  }
}

TEST_F(HttpDeathTest, LeavesItsQueueOfConnectionsToTheNextRuntime) {
  instance_.Start();
  const int runtime = std::stoi(instance_.Invoke("process").body);

  // Nobody accepts while it stands still: what comes now is the next one's.
  ::kill(runtime, SIGSTOP);
  http::RawClient early = Send("echo");
  ::kill(runtime, SIGKILL);

  EXPECT_EQ(ReadReply(early).body, "served");
}

TEST_F(HttpDeathTest, RefusesNobodyWhileTheNextRuntimeStarts) {
  instance_.Start();

  for (int i = 0; i < 5; ++i) {
    const int runtime = std::stoi(instance_.Invoke("process").body);
    ::kill(runtime, SIGKILL);
    http::RawClient client = instance_.Connect();  // Throws when it is refused.
    client.Close();
  }

  EXPECT_EQ(instance_.Invoke("echo").body, "served");
}

TEST_F(HttpDeathTest, EndsTheInstanceWhereItIsNotToBeStartedAgain) {
  instance_.Start({}, {"--no-restart"});

  (void)instance_.Invoke("exits");

  ExpectEnd(3);
}

TEST_F(HttpDeathTest, EndsTheInstanceWhenEveryStartFails) {
  HttpInstance instance("import os\nos._exit(4)\n");
  instance.Start();

  EXPECT_EQ(instance.program().AwaitEnd(), (ProgramEnd{.exit_code = 70, .signal = 0}));
  EXPECT_THAT(instance.program().output().err(),
              HasSubstr("instance_failed error_type=ProcessExited message=\"The runtime ended 5 "
                        "times in a row before it asked for work, at last: exit code 4\""));
}

}  // namespace
}  // namespace openfc::testing
