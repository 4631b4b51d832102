// What becomes of instances: they come when calls need them, stand still, are replaced, and go.

#include "runtime/process/proc_files.h"
#include "runtime/process/tree_cgroup.h"
#include "tests/integration/fclocal/start_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>

#include <set>

namespace openfc::testing {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class StartInstancesTest : public StartTest {
 protected:
  /// The letter of /proc/PID/stat.
  static char StateOf(pid_t pid) {
    const auto stat = ReadSmallFile("/proc/" + std::to_string(pid) + "/stat");
    return stat && stat->find(')') != std::string::npos ? stat->at(stat->rfind(')') + 2) : '?';
  }
  static void AwaitState(pid_t pid, char state) {
    while (StateOf(pid) != state) ::sched_yield();
  }
};

constexpr const char* kPid = "def handler(event, context): return str(os.getpid())\n";
constexpr const char* kGated =
    "def handler(event, context):\n"
    "    print('waiting ' + event.decode(), flush=True)\n"
    "    open(event.decode()).read()\n"
    "    return str(os.getpid())\n";

TEST_F(StartInstancesTest, ServeOneCallAfterTheOther) {
  Define("n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return str(n)\n");
  Begin();

  EXPECT_EQ(InvokeF().body, "1");
  EXPECT_EQ(InvokeF().body, "2");
}

TEST_F(StartInstancesTest, AreAsManyAsCallsAtOnce) {
  Define(kGated);
  Begin();

  const auto [one, two] = AnswersOfTwoAtOnce();

  EXPECT_NE(one, two);
}

TEST_F(StartInstancesTest, TakeAsManyCallsAtOnceAsTheirConcurrencySays) {
  Define(kGated, "      instanceConcurrency: 2\n");
  Begin();

  const auto [one, two] = AnswersOfTwoAtOnce();

  EXPECT_EQ(one, two);
}

TEST_F(StartInstancesTest, LetCallsWaitBeyondTheirNumber) {
  Define(kGated);
  const std::string one_gate = MakeGate("one");
  const std::string two_gate = MakeGate("two");
  Begin({"--max-instances", "1"});
  auto one = CallF("one");
  ASSERT_TRUE(program_->output().Await("waiting one"));
  auto two = CallF("two");
  OpenGate(one_gate);

  const std::string first = one.Await().body;
  OpenGate(two_gate);
  EXPECT_EQ(first, two.Await().body);
}

TEST_F(StartInstancesTest, AreRefusedToCallsBeyondThoseThatMayWait) {
  Define(kGated, "      timeout: 600\n");
  const std::string gate = MakeGate("one");
  Begin({"--max-instances", "1", "--max-waiting", "0"});
  auto served = CallF("one");
  ASSERT_TRUE(program_->output().Await("waiting one"));

  const auto refused = InvokeF("two");

  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.json()["Code"], "ResourceExhausted");
  OpenGate(gate);
  EXPECT_EQ(served.Await().status, 200);
}

TEST_F(StartInstancesTest, AreReplacedWhenTheyDie) {
  Define(
      "def handler(event, context):\n"
      "    if event == b'die': os._exit(3)\n"
      "    return str(os.getpid())\n");
  Begin();
  const std::string before = InvokeF().body;

  const auto died = InvokeF("die");

  EXPECT_EQ(died.status, 200);
  EXPECT_EQ(died.Header("x-fc-error-type"), "UnhandledInvocationError");
  EXPECT_EQ(died.json()["errorType"], "ProcessExited");
  EXPECT_THAT(died.json()["errorMessage"].get<std::string>(), HasSubstr("exit code 3"));
  EXPECT_NE(InvokeF().body, before);
}

TEST_F(StartInstancesTest, AreReplacedWhenTheirTimeIsOver) {
  Define(
      "def handler(event, context):\n"
      "    if event == b'hang': signal.pause()\n"
      "    return str(os.getpid())\n",
      "      timeout: 1\n");
  Begin();
  const std::string before = InvokeF().body;

  const auto late = InvokeF("hang");

  EXPECT_EQ(late.json()["errorType"], "FunctionTimeout");
  EXPECT_EQ(late.json()["errorMessage"], "Function timed out after 1 seconds");
  EXPECT_NE(InvokeF().body, before);
}

TEST_F(StartInstancesTest, AreReplacedWhenTheyTakeTooMuchMemory) {
  Define(
      "def handler(event, context):\n"
      "    if event == b'eat': x = [bytes(1 << 20) .replace(b'\\0', b'x') for _ in range(4096)]\n"
      "    return str(os.getpid())\n",
      "      memorySize: 128\n      timeout: 60\n");
  Begin();
  const std::string before = InvokeF().body;

  const auto died = InvokeF("eat");

  EXPECT_EQ(died.json()["errorType"], "OutOfMemory") << died.body;
  EXPECT_NE(InvokeF().body, before);
}

TEST_F(StartInstancesTest, AreDiscardedWhenTheirInitializerFails) {
  Define(
      "def start(context):\n"
      "    if not os.path.exists('well'):\n"
      "        open('well', 'w').close()\n"
      "        raise ValueError('not yet')\n"
      "def handler(event, context): return 'served'\n",
      "      instanceLifecycleConfig: {initializer: {handler: index.start}}\n");
  Begin();

  const auto failed = InvokeF();

  EXPECT_EQ(failed.status, 200);
  EXPECT_EQ(failed.Header("x-fc-error-type"), "InitializationError");
  EXPECT_EQ(failed.json()["errorMessage"], "not yet");
  EXPECT_EQ(InvokeF().body, "served");
}

TEST_F(StartInstancesTest, StandStillWhileNobodyCallsAndGoOnWithTheNextCall) {
  Define(kPid);
  Begin({"--freeze-after", "0"});

  const std::string pid = InvokeF().body;

  AwaitState(std::stoi(pid), 'T');
  EXPECT_EQ(InvokeF().body, pid);
  AwaitState(std::stoi(pid), 'T');
}

TEST_F(StartInstancesTest, AreToldBeforeTheyFreezeAndBeforeTheyStop) {
  DefineFc2(
      "def freeze(context): print('freezing', flush=True)\n"
      "def stop(context): print('stopping it', flush=True)\n" +
          std::string(kPid),
      "        instanceLifecycleConfig:\n"
      "          preFreeze: {handler: index.freeze, timeout: 5}\n"
      "          preStop: {handler: index.stop, timeout: 5}\n");
  Begin({"--freeze-after", "0", "--stop-after", "1"});
  const std::string pid = InvokeF().body;
  ASSERT_TRUE(program_->output().Await("freezing"));

  ASSERT_TRUE(program_->output().Await("stopping it"));

  ASSERT_TRUE(program_->output().Await("FC PreStop End RequestId"));
  EXPECT_NE(InvokeF().body, pid);
}

TEST_F(StartInstancesTest, LeaveNothingBehindAfterCtrlC) {
  Define(
      "def handler(event, context):\n"
      "    import subprocess\n"
      "    subprocess.Popen(['sh', '-c', 'trap \"\" TERM INT HUP; setsid sleep 3600 & wait'])\n"
      "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
      "    return 'left'\n");
  Begin();
  ASSERT_EQ(InvokeF().body, "left");

  const Invoked stopped = StopIt();

  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_THAT(stopped.survivors, IsEmpty());
}

TEST_F(StartInstancesTest, AnswerWhatIsInFlightWhenTheyAreStopped) {
  Define(kGated, "      timeout: 600\n");
  (void)MakeGate("never");
  environment_["OPENFC_GRACE_SECONDS"] = "0";
  Begin();
  auto call = CallF("never");
  ASSERT_TRUE(program_->output().Await("waiting never"));

  program_->Signal(SIGTERM);

  const auto answer = call.Await();
  EXPECT_EQ(answer.json()["errorType"], "ProcessExited") << answer.body;
  const Invoked stopped = AwaitEnd(*program_);
  EXPECT_EQ(stopped.exit_code, 143);
  EXPECT_THAT(stopped.survivors, IsEmpty());
}

TEST_F(StartInstancesTest, EndAtOnceWithASecondSignal) {
  Define(
      "def handler(event, context):\n"
      "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
      "    print('waiting', flush=True)\n    signal.pause()\n",
      "      timeout: 600\n");
  Begin();
  auto call = CallF();
  ASSERT_TRUE(program_->output().Await("waiting"));
  program_->Signal(SIGINT);
  ASSERT_TRUE(program_->output().Await("fclocal: stopping"));

  const Invoked stopped = StopIt();

  EXPECT_EQ(stopped.exit_code, 130) << "signal " << stopped.signal;
  EXPECT_THAT(stopped.survivors, IsEmpty());
}

TEST_F(StartInstancesTest, LeaveOthersServedWhenTheyForkWithoutEnd) {
  Define(
      "def handler(event, context):\n"
      "    if event != b'bomb': return 'fine'\n"
      "    end = time.monotonic() + 60\n"
      "    try:\n"
      "        for _ in range(16):\n"
      "            if os.fork() == 0:\n"
      "                while time.monotonic() < end:\n"
      "                    if os.fork() > 0: os._exit(0)\n"
      "    finally:\n"
      "        os._exit(1)\n");
  Begin();

  const auto died = InvokeF("bomb");

  // Where there is much else to do, it uses up its memory first.
  EXPECT_THAT(died.json()["errorType"], AnyOf("ProcessExited", "OutOfMemory"));
  EXPECT_EQ(InvokeF().body, "fine");
  EXPECT_THAT(StopIt().survivors, IsEmpty());
}

TEST_F(StartInstancesTest, LeaveOthersServedWhenTheyForkAndLeaveTheirGroupAtEachStep) {
  const auto place = FindOwnCgroupPlace();
  const auto cgroup = place ? TreeCgroup::Make(*place, "openfc-test-") : place.error();
  if (!cgroup || (*cgroup)->processes() == nullptr) GTEST_SKIP() << "nobody counts processes here";
  Define(
      "def flee(end):\n"
      "    while time.monotonic() < end:\n"
      "        try:\n"
      "            if os.fork() > 0 and os.fork() > 0: os._exit(0)\n"
      "            os.setsid()\n"
      "        except OSError: pass\n"
      "def handler(event, context):\n"
      "    if event != b'bomb': return 'fine'\n"
      "    end = time.monotonic() + 60\n"
      "    try:\n"
      "        for _ in range(4):\n"
      "            if os.fork() == 0: flee(end)\n"
      "    finally:\n"
      "        os._exit(1)\n");
  Begin();

  const auto died = InvokeF("bomb");

  // Where there is much else to do, it uses up its memory first.
  EXPECT_THAT(died.json()["errorType"], AnyOf("ProcessExited", "OutOfMemory"));
  EXPECT_EQ(InvokeF().body, "fine");
  EXPECT_THAT(program_->output().joined(), Not(HasSubstr("tree_survives")));
  EXPECT_THAT(StopIt().survivors, IsEmpty());
}

TEST_F(StartInstancesTest, LeaveNoOrphansWhenRloaderIsKilled) {
  Define(
      "def handler(event, context):\n"
      "    if event == b'kill': os.kill(os.getppid(), signal.SIGKILL); signal.pause()\n"
      "    return str(os.getpid())\n");
  Begin();
  const int before = std::stoi(InvokeF().body);

  const auto died = InvokeF("kill");

  EXPECT_EQ(died.json()["errorType"], "ProcessExited") << died.body;
  while (StateOf(before) != '?') ::sched_yield();
  EXPECT_NE(InvokeF().body, std::to_string(before));
}

TEST_F(StartInstancesTest, DoNotHoldUpOthersWhenTheyPrintGigabytes) {
  Define(
      "def handler(event, context):\n"
      "    if event == b'print':\n"
      "        for _ in range(2000): os.write(1, b'x' * 65536 + b'\\n')\n"
      "    return 'done'\n",
      "      timeout: 60\n");
  Begin({"--quiet"});
  auto noisy = CallF("print");

  for (int i = 0; i < 20; ++i) EXPECT_EQ(InvokeF().body, "done");

  EXPECT_EQ(noisy.Await().body, "done");
}

}  // namespace
}  // namespace openfc::testing
