// Each fault of a Python function, with the real programs: what the caller is told, once, after the
// End line; and that the next invocation is served (fc-runtime-api.md, section 9).

#include "tests/integration/rloader/rloader_test.h"

#include <signal.h>

#include <chrono>

namespace openfc::testing {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr const char* kFunction =
    R"(import ctypes, faulthandler, mmap, os, re, signal, sys, threading, time
def handler(event, context):
    return globals()[event.decode()]()
def echo():
    return 'served'
def sleeps():
    time.sleep(3600)
def sleeps_deaf():
    signal.pthread_sigmask(signal.SIG_BLOCK, set(range(1, 65)) - {signal.SIGRTMIN + 2})
    sleeps()
def sleeps_deaf_to_all():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    sleeps()
def calculates():
    sum(range(10**12))
def backtracks():
    re.match(r'(a+)+$', 'a' * 60 + 'b')
def exits():
    os._exit(3)
def exits_in_a_thread():
    thread = threading.Thread(target=os._exit, args=(4,))
    thread.start()
    thread.join()
def leaves_in_a_thread():
    thread = threading.Thread(target=sys.exit, args=(4,))
    thread.start()
    thread.join()
    return 'served'
def kills_itself():
    os.kill(os.getpid(), signal.SIGKILL)
def reads_null():
    ctypes.string_at(0)
def overflows():
    faulthandler._stack_overflow()
def reads_null_in_a_thread():
    thread = threading.Thread(target=reads_null)
    thread.start()
    thread.join()
def faults():
    faulthandler._sigsegv()
def aborts():
    os.abort()
def reads_past_a_file():
    with open('/tmp/' + str(os.getpid()), 'wb+') as file:
        os.remove(file.name)
        file.truncate(4096)
        memory = mmap.mmap(file.fileno(), 4096)
        file.truncate(0)
        memory[0]
def has_its_own_faulthandler():
    faulthandler.enable(file=2)
    faulthandler._sigsegv()
def has_its_own_signal_handler():
    signal.signal(signal.SIGSEGV, lambda *_: None)
    os.kill(os.getpid(), signal.SIGSEGV)
    return repr(signal.getsignal(signal.SIGSEGV) is not None)
def shows_its_signals():
    return [str(signal.getsignal(s)) for s in (signal.SIGSEGV, signal.SIGABRT, signal.SIGTERM)]
def eats():
    eaten = bytearray(1 << 30)
    sleeps()
def leaves_a_child():
    if os.fork() == 0:
        os.setsid()
        while True: time.sleep(3600)
    os._exit(3)
def lets_a_child_crash():
    child = os.fork()
    if child == 0: faulthandler._sigsegv()
    os.waitpid(child, 0)
    os._exit(5)
def shows_its_environment():
    return [name for name in os.environ if name.startswith('OPENFC_') and name.endswith('_FD')]
)";

constexpr const char* kExited = "Process exited unexpectedly before completing request (duration: ";
constexpr const char* kEndLine = "FC Invoke End RequestId: r-1, Error: Unhandled function error\n";

class PythonFaultTest : public RloaderTest {
 protected:
  void SetUp() override {
    folder_.WriteFile("index.py", kFunction);
    StartPython(kStacksTime);
  }

  void StartPython(const std::string& stacks_time) {
    ProgramOptions options;
    options.arguments = {"--bootstrap", ProgramPath("bootstrap")};
    options.environment = {{"FC_RUNTIME_API", platform_.address()},
                           {"FC_FUNC_CODE_PATH", folder_.path().string()},
                           {"OPENFC_GRACE_SECONDS", "1"},
                           {"OPENFC_STACKS_MS", stacks_time},
                           {"OPENFC_WATCH_MEMORY_MB", "700"}};
    rloader_.emplace("rloader", options);
  }

  /// An invocation that must be done by `time` from now, if that is not zero.
  void Offer(const std::string& id, const std::string& what,
             std::chrono::milliseconds time = std::chrono::milliseconds(0)) {
    HeaderPairs headers;
    if (time.count() > 0) {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      const auto deadline = std::chrono::duration_cast<std::chrono::milliseconds>(now + time);
      headers = {{"x-fc-function-timeout", "7"},
                 {"x-fc-function-deadline", std::to_string(deadline.count())}};
    }
    platform_.AnswerNext(Invoke(id, what, headers));
  }

  /// What the caller of such an invocation gets, after which the next is served.
  Json Fault(const std::string& what) {
    Offer("r-1", what);
    return FaultOfTheFirst();
  }

  /// The module is loaded by another one first: that takes from no deadline.
  Json FaultAfter(std::chrono::milliseconds time, const std::string& what) {
    Offer("r-0", "echo");
    EXPECT_EQ(PostFor("r-0").body, "served");
    Offer("r-1", what, time);
    return FaultOfTheFirst();
  }

  Json FaultOfTheFirst() {
    const Request post = PostFor("r-1");
    // Already there: it was written before the post. One that is not yet read is waited for.
    EXPECT_TRUE(AwaitText(kEndLine));
    EXPECT_EQ(post.path, "/2020-11-11/runtime/invocation/r-1/error");
    Offer("r-2", "echo");
    EXPECT_EQ(PostFor("r-2").body, "served");
    EXPECT_THAT(platform_.PostsFor("r-1"), SizeIs(1));
    EXPECT_THAT(platform_.PostsFor("r-2"), SizeIs(1));
    return DocumentOf(post);
  }

  Json Frame(int line, const std::string& function) {
    return {"File \"" + (folder_.path() / "index.py").string() + "\"",
            "line " + std::to_string(line), "in " + function, ""};
  }

  /// The line of the function above that begins like this.
  static int LineOf(const std::string& text) {
    const std::string source = kFunction;
    const auto end = source.begin() + static_cast<std::ptrdiff_t>(source.find(text));
    return static_cast<int>(std::count(source.begin(), end, '\n')) + 1;
  }

  Json HandlerFrame() { return Frame(3, "handler"); }
};

constexpr std::chrono::milliseconds kSoon{700};

Json Timeout(const Json& stack) {
  return {{"errorType", "FunctionTimeout"},
          {"errorMessage", "Function timed out after 7 seconds"},
          {"stackTrace", stack}};
}

// Deadlines
// ----------------------------------------------------------------------------------------

using PythonDeadlineTest = PythonFaultTest;

TEST_F(PythonDeadlineTest, EndsAHandlerThatSleeps) {
  if (ProgramsHaveSanitizer("thread"))
    GTEST_SKIP() << "the sanitizer holds signals back: no stacks";
  EXPECT_EQ(FaultAfter(kSoon, "sleeps"),
            Timeout({HandlerFrame(), Frame(LineOf("    time.sleep(3600)\ndef"), "sleeps")}));
}

TEST_F(PythonDeadlineTest, EndsAHandlerThatCalculates) {
  if (ProgramsHaveSanitizer("thread"))
    GTEST_SKIP() << "the sanitizer holds signals back: no stacks";
  EXPECT_EQ(FaultAfter(kSoon, "calculates"),
            Timeout({HandlerFrame(), Frame(LineOf("    sum("), "calculates")}));
}

TEST_F(PythonDeadlineTest, EndsAHandlerThatNeverLeavesALibrary) {
  if (ProgramsHaveSanitizer("thread"))
    GTEST_SKIP() << "the sanitizer holds signals back: no stacks";
  const Json fault = FaultAfter(kSoon, "backtracks");

  EXPECT_EQ(fault["errorType"], "FunctionTimeout");
  ASSERT_GE(fault["stackTrace"].size(), 3U);
  EXPECT_EQ(fault["stackTrace"][1], Frame(LineOf("    re.match("), "backtracks"));
  EXPECT_EQ(fault["stackTrace"][2][2], "in match");
}

TEST_F(PythonDeadlineTest, ShowsTheStackOfAHandlerThatBlocksWhatItCan) {
  if (ProgramsHaveSanitizer("thread"))
    GTEST_SKIP() << "the sanitizer holds signals back: no stacks";
  const Json fault = FaultAfter(kSoon, "sleeps_deaf");

  EXPECT_THAT(fault["stackTrace"], SizeIs(3));
}

TEST_F(PythonDeadlineTest, EndsAHandlerThatBlocksEverySignal) {
  if (ProgramsHaveSanitizer("thread"))
    GTEST_SKIP() << "the sanitizer holds signals back: no stacks";
  StartPython("100");
  EXPECT_EQ(FaultAfter(kSoon, "sleeps_deaf_to_all"),
            (Json{{"errorType", "FunctionTimeout"},
                  {"errorMessage", "Function timed out after 7 seconds"}}));
}

TEST_F(PythonDeadlineTest, ThatIsMetIsNobodysConcern) {
  Offer("r-1", "echo", std::chrono::milliseconds(3'600'000));
  EXPECT_EQ(PostFor("r-1").body, "served");
  Offer("r-2", "sleeps", kSoon);

  EXPECT_EQ(TypeOf(PostFor("r-2")), "FunctionTimeout");
  EXPECT_THAT(platform_.posts(), SizeIs(2));
}

TEST_F(PythonDeadlineTest, IsKeptWhileThePlatformHangs) {
  platform_.AnswerPost(Hang(Respond(200)));
  Offer("r-1", "exits");
  Offer("r-2", "sleeps", kSoon);
  Offer("r-3", "echo");

  EXPECT_EQ(TypeOf(PostFor("r-2")), "FunctionTimeout");
  EXPECT_EQ(PostFor("r-3").body, "served");
}

// Exits
// --------------------------------------------------------------------------------------------

using PythonExitTest = PythonFaultTest;

TEST_F(PythonExitTest, OfTheHandlerIsTold) {
  const Json fault = Fault("exits");

  EXPECT_EQ(fault["errorType"], "ProcessExited");
  EXPECT_THAT(fault["errorMessage"].get<std::string>(),
              AllOf(StartsWith(kExited), EndsWith("): exit code 3")));
  EXPECT_FALSE(fault.contains("stackTrace"));
}

TEST_F(PythonExitTest, OfAThreadIsTold) {
  EXPECT_THAT(Fault("exits_in_a_thread")["errorMessage"].get<std::string>(),
              EndsWith("): exit code 4"));
}

TEST_F(PythonExitTest, OfAThreadsOwnEndsNothing) {
  Offer("r-1", "leaves_in_a_thread");

  EXPECT_EQ(PostFor("r-1").body, "served");
}

TEST_F(PythonExitTest, ByTheMemoryLimitIsTold) {
  const Json fault = Fault("eats");

  EXPECT_EQ(fault["errorType"], "OutOfMemory");
  EXPECT_THAT(fault["errorMessage"].get<std::string>(),
              AllOf(StartsWith(kExited), EndsWith("): memory limit of 700 MB reached")));
}

TEST_F(PythonExitTest, DoesNotWaitForWhatItLeavesBehind) {
  EXPECT_THAT(Fault("leaves_a_child")["errorMessage"].get<std::string>(),
              EndsWith("): exit code 3"));
  EXPECT_THAT(rloader_->Family(), SizeIs(2));
}

TEST_F(PythonExitTest, ShowsNoStackOfAChildThatCrashed) {
  const Json fault = Fault("lets_a_child_crash");

  EXPECT_THAT(fault["errorMessage"].get<std::string>(), EndsWith("): exit code 5"));
  EXPECT_FALSE(fault.contains("stackTrace"));
}

// Signals
// ------------------------------------------------------------------------------------------

using PythonCrashTest = PythonFaultTest;

std::string KilledBy(int signal) {
  return "): killed by signal " + std::to_string(signal) + " (SIG" + ::sigabbrev_np(signal) + ")";
}

TEST_F(PythonCrashTest, BySigkillHasNoStack) {
  const Json fault = Fault("kills_itself");

  EXPECT_EQ(fault["errorType"], "ProcessExited");
  EXPECT_THAT(fault["errorMessage"].get<std::string>(), EndsWith(KilledBy(SIGKILL)));
  EXPECT_FALSE(fault.contains("stackTrace"));
}

struct Crash {
  const char* name;
  const char* what;
  int signal;
};

class PythonSignalTest : public PythonFaultTest, public ::testing::WithParamInterface<Crash> {};

TEST_P(PythonSignalTest, IsToldWithTheStack) {
  const Json fault = Fault(GetParam().what);

  EXPECT_EQ(fault["errorType"], "ProcessExited");
  EXPECT_THAT(fault["errorMessage"].get<std::string>(),
              AllOf(StartsWith(kExited), EndsWith(KilledBy(GetParam().signal))));
  ASSERT_TRUE(fault.contains("stackTrace")) << fault;
  EXPECT_EQ(fault["stackTrace"][0], HandlerFrame());
  EXPECT_EQ(fault["stackTrace"][1][2], std::string("in ") + GetParam().what);
}

INSTANTIATE_TEST_SUITE_P(Signals, PythonSignalTest,
                         ::testing::Values(Crash{"Null", "reads_null", SIGSEGV},
                                           Crash{"Fault", "faults", SIGSEGV},
                                           Crash{"Abort", "aborts", SIGABRT},
                                           Crash{"Bus", "reads_past_a_file", SIGBUS},
                                           Crash{"Overflow", "overflows", SIGSEGV}),
                         [](const auto& row) { return row.param.name; });

TEST_F(PythonCrashTest, InAnotherThreadShowsWhereTheHandlerStood) {
  const Json fault = Fault("reads_null_in_a_thread");

  EXPECT_THAT(fault["errorMessage"].get<std::string>(), EndsWith(KilledBy(SIGSEGV)));
  EXPECT_EQ(fault["stackTrace"][1][2], "in reads_null_in_a_thread");
}

TEST_F(PythonCrashTest, IsTheUsersToShowWhenTheyWish) {
  const Json fault = Fault("has_its_own_faulthandler");

  EXPECT_THAT(fault["errorMessage"].get<std::string>(), EndsWith(KilledBy(SIGSEGV)));
  EXPECT_FALSE(fault.contains("stackTrace"));
  EXPECT_THAT(Err(), HasSubstr("Fatal Python error: Segmentation fault"));
}

TEST_F(PythonCrashTest, IsTheUsersToHandle) {
  Offer("r-1", "has_its_own_signal_handler");

  EXPECT_EQ(PostFor("r-1").body, "True");
}

// What user code sees of it
// ------------------------------------------------------------------------

using PythonViewTest = PythonFaultTest;

TEST_F(PythonViewTest, HasNoSignalHandlersAndNoVariablesOfOurs) {
  Offer("r-1", "shows_its_signals");
  Offer("r-2", "shows_its_environment");

  const Json signals = Json::parse(PostFor("r-1").body);
  for (const Json& each : signals) {
    EXPECT_TRUE(each == "Handlers.SIG_DFL" || each == "0") << each;
  }
  EXPECT_EQ(PostFor("r-2").body, "[]");
}

// Stopping
// -----------------------------------------------------------------------------------------

TEST_F(PythonFaultTest, OfTheGraceTimeShowsWhereTheHandlerStood) {
  Offer("r-1", "sleeps");
  ASSERT_TRUE(AwaitText("FC Invoke Start RequestId: r-1\n"));

  rloader_->Signal(SIGTERM);

  ExpectEnd(143);
  const Json fault = DocumentOf(PostFor("r-1"));
  EXPECT_THAT(fault["errorMessage"].get<std::string>(), EndsWith("): instance stopped"));
  EXPECT_EQ(fault["stackTrace"][0], HandlerFrame());
  EXPECT_THAT(Out(), EndsWith(kEndLine));
}

}  // namespace
}  // namespace openfc::testing
