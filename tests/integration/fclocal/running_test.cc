// `fclocal ps`, `fclocal logs` and `fclocal stop` beside a real `fclocal start`.

#include "tests/integration/fclocal/start_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace openfc::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kSays =
    "def handler(event, context):\n"
    "    print('said ' + event.decode(), flush=True)\n"
    "    return str(os.getpid())\n";

class RunningTest : public StartTest {
 protected:
  std::string StateFile() const { return (folder_.path() / ".fclocal" / "fclocal.json").string(); }
};

TEST_F(RunningTest, PsShowsWhatIsServedAndItsInstances) {
  Define(kSays);
  Begin();
  const std::string pid = InvokeF("x").body;

  const Invoked shown = RunCommand({"ps"});
  const auto json = RunCommand({"ps", "--json"}).json();

  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, StartsWith("http://127.0.0.1:" + std::to_string(port_) + ", pid " +
                                    std::to_string(program_->pid())));
  EXPECT_THAT(shown.out, AllOf(HasSubstr("\nFUNCTION"), HasSubstr("\nf "), HasSubstr("\nINSTANCE"),
                               HasSubstr("MB"), Not(HasSubstr("\x1b"))));
  EXPECT_EQ(json["pid"], program_->pid());
  EXPECT_EQ(json["source"], (folder_.path() / "s.yaml").string());
  EXPECT_EQ(json["functions"][0]["name"], "f");
  EXPECT_EQ(json["instances"][0]["invocations"], 1);
}

TEST_F(RunningTest, PsFindsItFromBelowAndByName) {
  Define(kSays);
  Begin({"--state-dir", "elsewhere"});

  EXPECT_EQ(RunCommand({"ps", "--state-dir", "elsewhere"}).exit_code, 0);
  const Invoked unfound = RunCommand({"ps"});
  EXPECT_EQ(unfound.exit_code, 3);
  EXPECT_THAT(unfound.err, HasSubstr("no `fclocal start` has served from this folder"));
}

TEST_F(RunningTest, PsSaysThatNoneRuns) {
  Define(kSays);
  Begin();
  ASSERT_EQ(RunCommand({"ps", "-c", "s.yaml"}).exit_code, 0);
  ASSERT_EQ(StopIt().exit_code, 130);

  const Invoked shown = RunCommand({"ps"});

  EXPECT_EQ(shown.exit_code, 3);
  EXPECT_THAT(shown.err, HasSubstr("fclocal: no fclocal is serving with the state folder "));
  EXPECT_EQ(shown.out, "");
}

TEST_F(RunningTest, PsTakesNoFileOfAKilledOneForOne) {
  Define(kSays);
  Begin();
  ASSERT_EQ(StopIt(SIGKILL).signal, SIGKILL);
  ASSERT_TRUE(std::filesystem::exists(StateFile()));

  EXPECT_EQ(RunCommand({"ps"}).exit_code, 3);
  Begin();
  EXPECT_EQ(RunCommand({"ps", "--json"}).json()["pid"], program_->pid());
}

TEST_F(RunningTest, ASecondOneInTheSameFolderIsRefused) {
  Define(kSays);
  Begin();

  const Invoked second = RunCommand({"start", "--port", "0"});

  EXPECT_EQ(second.exit_code, 3);
  EXPECT_THAT(second.err,
              HasSubstr("another fclocal (pid " + std::to_string(program_->pid()) + ", port " +
                        std::to_string(port_) + ") serves with the state folder"));
  EXPECT_EQ(InvokeF("x").status, 200);
}

TEST_F(RunningTest, TheStateIsForItsOwnerAlone) {
  Define(kSays);
  Begin();

  EXPECT_EQ(std::filesystem::status(StateFile()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::ifstream ignore(folder_.path() / ".fclocal" / ".gitignore");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(ignore), {}), "*\n");
}

TEST_F(RunningTest, LogsShowsWhatAFunctionHasSaidAlsoAfterwards) {
  Define(kSays);
  Begin();
  ASSERT_EQ(InvokeF("one").status, 200);
  ASSERT_EQ(InvokeF("two").status, 200);

  const Invoked all = RunCommand({"logs", "f"});

  EXPECT_EQ(all.exit_code, 0) << all.err;
  EXPECT_THAT(all.out, ::testing::ContainsRegex("said one\n.*\n.*\nsaid two\n"));
  ASSERT_EQ(StopIt().exit_code, 130);
  EXPECT_THAT(RunCommand({"logs"}).out, HasSubstr("said two\n"));
  EXPECT_THAT(RunCommand({"logs", "--json"}).out, HasSubstr("\"function\":\"f\",\"instance\":\""));
  EXPECT_EQ(RunCommand({"logs", "-n", "0"}).out, "");
}

TEST_F(RunningTest, LogsShowsOneRequest) {
  Define(kSays);
  Begin();
  const std::string id = InvokeF("one").Header("x-fc-request-id");
  ASSERT_EQ(InvokeF("two").status, 200);

  const Invoked shown = RunCommand({"logs", "--request", id});

  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("FC Invoke Start RequestId: " + id + "\nsaid one\n"),
                               Not(HasSubstr("two"))));
  EXPECT_EQ(RunCommand({"logs", "--request", id, "--json"}).json()["log"], shown.out);
  EXPECT_EQ(RunCommand({"logs", "--request", "1-2-3"}).exit_code, 1);
  EXPECT_EQ(RunCommand({"logs", "--request", "../x"}).exit_code, 2);
}

TEST_F(RunningTest, LogsFollowsWhatIsSaid) {
  Define(kSays);
  Begin();
  ASSERT_EQ(InvokeF("one").status, 200);
  const auto follower = StartProgram("fclocal", {"logs", "-f"});
  ASSERT_TRUE(follower->output().Await("said one"));

  ASSERT_EQ(InvokeF("two").status, 200);

  EXPECT_TRUE(follower->output().Await("said two"));
  follower->Signal(SIGINT);
  EXPECT_EQ(AwaitEnd(*follower).signal, SIGINT);
}

TEST_F(RunningTest, LogsSaysWhatIsNotThere) {
  Define(kSays);
  Begin();

  EXPECT_EQ(RunCommand({"logs"}).exit_code, 1);
  EXPECT_THAT(RunCommand({"logs", "g"}).err, HasSubstr("there is no log of a function 'g'"));
}

TEST_F(RunningTest, StopEndsTheInstancesOfAFunction) {
  Define(kSays);
  Begin();
  const std::string pid = InvokeF("x").body;

  const Invoked stopped = RunCommand({"stop", "f"});

  EXPECT_EQ(stopped.exit_code, 0) << stopped.err;
  EXPECT_THAT(stopped.out, StartsWith("stopped "));
  EXPECT_NE(InvokeF("x").body, pid);
}

TEST_F(RunningTest, StopHasNothingToDoForAFunctionWithoutInstances) {
  Define("def handler(event, context): pass\n");
  Begin();

  const Invoked stopped = RunCommand({"stop", "f"});
  const Invoked unknown = RunCommand({"stop", "none"});

  EXPECT_EQ(stopped.exit_code, 0);
  EXPECT_EQ(stopped.out, "");
  EXPECT_EQ(stopped.err, "fclocal: no instance of f runs: there is nothing to stop\n");
  EXPECT_EQ(RunCommand({"stop", "f", "--json"}).out, "{\"stopped\":[]}\n");
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_EQ(unknown.err, "fclocal: there is no instance and no function 'none'\n");
}

TEST_F(RunningTest, StopEndsOneInstanceByTheBeginningOfItsId) {
  Define(kSays);
  Begin();
  const std::string pid = InvokeF("x").body;
  const std::string id = RunCommand({"ps", "--json"}).json()["instances"][0]["id"];

  const auto stopped = RunCommand({"stop", id.substr(0, 8), "--json"}).json();

  EXPECT_EQ(stopped["stopped"][0]["id"], id);
  EXPECT_NE(InvokeF("x").body, pid);
  EXPECT_EQ(RunCommand({"stop", "none"}).exit_code, 1);
}

TEST_F(RunningTest, StopEndsAllOfIt) {
  Define(kSays);
  Begin();
  ASSERT_EQ(InvokeF("x").status, 200);

  const Invoked stopped = RunCommand({"stop", "--all"});

  EXPECT_EQ(stopped.exit_code, 0) << stopped.err;
  EXPECT_EQ(stopped.out, "stopped fclocal (pid " + std::to_string(program_->pid()) + ")\n");
  const Invoked ended = AwaitEnd(*program_);
  EXPECT_EQ(ended.exit_code, 143);
  EXPECT_THAT(ended.survivors, IsEmpty());
}

TEST_F(RunningTest, StopWantsToKnowWhat) {
  EXPECT_EQ(RunCommand({"stop"}).exit_code, 2);
  EXPECT_EQ(RunCommand({"stop", "f", "--all"}).exit_code, 2);
}

}  // namespace
}  // namespace openfc::testing
