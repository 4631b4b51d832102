// rloader as PID 1 of a container.

#include "tests/integration/rloader/rloader_test.h"

#include <signal.h>

#include <fstream>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// rloader in a pid namespace of its own, as unshare(1) makes it.
class PidOneTest : public RloaderTest {
 protected:
  void SetUp() override {
    Program probe("/usr/bin/unshare", WithArguments({"-pf", "--mount-proc", "/bin/true"}));
    const auto end = probe.AwaitEnd();
    if (!end || end->exit_code != 0) {
      GTEST_SKIP() << "no pid namespace can be made here: " << probe.output().err();
    }
  }

  void StartAsInit(const std::string& script, const std::vector<std::string>& arguments = {},
                   const Environment& environment = {}) {
    auto options = Options(script, arguments, environment);
    const std::vector<std::string> front = {"-pf", "--mount-proc", ProgramPath("rloader")};
    options.arguments.insert(options.arguments.begin(), front.begin(), front.end());
    rloader_.emplace("/usr/bin/unshare", options);
  }

  /// From outside of the namespace, as a platform does.
  void SignalInit(int signal) {
    for (const pid_t pid : rloader_->Family()) {
      std::string name;
      std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/comm"), name);
      if (name == "rloader") ::kill(pid, signal);
    }
  }
};

TEST_F(PidOneTest, ObeysThePlatform) {
  StartAsInit("poll await-drain exit:0");
  ASSERT_TRUE(AwaitText("ready"));

  SignalInit(SIGTERM);

  ExpectEnd(143);
  EXPECT_EQ(Out(), "ready\ndraining\n");
}

TEST_F(PidOneTest, ObeysAnInterruptAsWell) {
  StartAsInit("poll await-drain exit:0");
  ASSERT_TRUE(AwaitText("ready"));

  SignalInit(SIGINT);

  ExpectEnd(130);
}

TEST_F(PidOneTest, DoesNotObeyTheFunction) {
  StartAsInit("poll ask-parent:15 ask-parent:2 ask-parent:9 await-drain exit:0");
  ASSERT_TRUE(AwaitText("stop_ignored signal=SIGTERM"));
  ASSERT_TRUE(AwaitText("stop_ignored signal=SIGINT"));
  ASSERT_TRUE(AwaitText("ready"));
  EXPECT_THAT(Out(), Not(HasSubstr("draining")));

  SignalInit(SIGTERM);

  ExpectEnd(143);
}

TEST_F(PidOneTest, ForwardsWhatIsForTheRuntime) {
  StartAsInit("poll tell-signals");
  ASSERT_TRUE(AwaitText("ready"));

  SignalInit(SIGUSR1);

  EXPECT_TRUE(AwaitText("got USR1"));
}

TEST_F(PidOneTest, ReapsEveryOrphan) {
  StartAsInit("poll orphans:300 wait");

  EXPECT_TRUE(AwaitText("reaped 300"));
}

TEST_F(PidOneTest, AnswersAndRestarts) {
  StartAsInit("poll daemon receive:r-1 exit:3; poll say:second wait");

  PostFor("r-1");

  EXPECT_TRUE(AwaitText("second"));
  EXPECT_THAT(rloader_->Family(), SizeIs(3));  // unshare, rloader, the new runtime.
}

TEST_F(PidOneTest, GivesUpAfterFiveEarlyDeaths) {
  StartAsInit("exit:3");

  ExpectEnd(70);

  ASSERT_THAT(platform_.posts(), SizeIs(1));
  EXPECT_EQ(platform_.posts()[0].path, kInitError);
}

TEST_F(PidOneTest, PassesTheExitCodeOnWithoutRestarts) {
  StartAsInit("poll exit:42", {"--no-restart"});

  ExpectEnd(42);
}

}  // namespace
}  // namespace openfc::testing
