// Several processes that serve (OPENFC_WORKERS), with the real programs: what they share, what they
// do at once, and that the fault of one is not the others'.

#include "tests/integration/rloader/rloader_test.h"

#include <sched.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>

namespace openfc::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using Json = nlohmann::json;

constexpr const char* kFunction =
    R"(import os, random, signal, time
with open('imports', 'a') as imports:
    imports.write('.')
def handler(event, context):
    return globals()[event.decode()]()
def echo():
    return 'served'
def process():
    return os.getpid()
def template():
    return os.getppid()
def draws_and_waits():
    drawn = random.random()
    waits()
    return drawn
def waits():
    gate = os.open('gate', os.O_RDONLY)
    os.read(gate, 1)
    return os.getpid()
def meets_a_writer():
    os.open('meeting', os.O_RDONLY)
    return os.getpid()
def meets_a_reader():
    os.open('meeting', os.O_WRONLY)
    return os.getpid()
def sleeps():
    time.sleep(3600)
def exits():
    os._exit(3)
def kills_itself():
    os.kill(os.getpid(), signal.SIGKILL)
def leaves_a_child():
    child = os.fork()
    if child == 0:
        time.sleep(3600)
    print('child:', child)
    os._exit(3)
)";

class WorkersTest : public RloaderTest {
 protected:
  void SetUp() override {
    folder_.WriteFile("index.py", kFunction);
    ASSERT_EQ(::mkfifo((folder_.path() / "gate").c_str(), 0600), 0);
    ASSERT_EQ(::mkfifo((folder_.path() / "meeting").c_str(), 0600), 0);
  }

  void StartWorkers(const std::string& workers, const std::string& limit,
                    const Environment& more = {}) {
    ProgramOptions options;
    options.arguments = {"--bootstrap", ProgramPath("bootstrap")};
    options.environment = {
        {"FC_RUNTIME_API", platform_.address()},  {"FC_FUNC_CODE_PATH", folder_.path().string()},
        {"FC_FUNCTION_HANDLER", "index.handler"}, {"FC_CONCURRENT_LIMIT", limit},
        {"OPENFC_GRACE_SECONDS", "60"},           {"OPENFC_WORKERS", workers},
        {"OPENFC_STACKS_MS", kStacksTime}};
    for (const auto& [name, value] : more) options.environment[name] = value;
    rloader_.emplace("rloader", options);
  }

  /// An invocation that must be done by `time` from now, if that is not zero.
  void Offer(const std::string& id, const std::string& what,
             std::chrono::milliseconds time = std::chrono::milliseconds(0)) {
    HeaderPairs headers = {{"x-fc-function-handler", "index.handler"}};
    if (time.count() > 0) {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      const auto deadline = std::chrono::duration_cast<std::chrono::milliseconds>(now + time);
      headers.emplace_back("x-fc-function-timeout", "7");
      headers.emplace_back("x-fc-function-deadline", std::to_string(deadline.count()));
    }
    platform_.AnswerNext(Invoke(id, what, headers));
  }

  /// Offers it, and waits until its handler has it.
  void Begin(const std::string& id, const std::string& what) {
    Offer(id, what);
    ASSERT_TRUE(AwaitText("FC Invoke Start RequestId: " + id + "\n")) << Err();
  }

  std::string Answer(const std::string& id) { return PostFor(id).body; }

  /// So many handlers that wait go on.
  void OpenGate(std::size_t handlers) {
    gate_ = UniqueFd(::open((folder_.path() / "gate").c_str(), O_RDWR | O_CLOEXEC));
    const std::string bytes(handlers, '.');
    ASSERT_EQ(::write(gate_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }

  /// How often the module was imported.
  std::size_t Imports() const { return std::filesystem::file_size(folder_.path() / "imports"); }

  UniqueFd gate_;  // Stays open: with it would go the bytes that nobody has read yet.
};

constexpr std::chrono::milliseconds kSoon{700};

// What they share, and what they do at once
// ---------------------------------------------------------------------

TEST_F(WorkersTest, PollEachForItself) {
  StartWorkers("3", "3");

  ASSERT_TRUE(platform_.AwaitPolls(3)) << Err();
  EXPECT_THAT(rloader_->Family(), SizeIs(5));  // rloader, the template, the workers.
}

TEST_F(WorkersTest, ImportTheModuleOnce) {
  StartWorkers("2", "2");
  ASSERT_TRUE(platform_.AwaitPolls(2)) << Err();
  Begin("r-1", "waits");
  Begin("r-2", "waits");
  OpenGate(2);

  EXPECT_NE(Answer("r-1"), Answer("r-2"));
  EXPECT_EQ(Imports(), 1U);
  EXPECT_EQ(Err(), "");
}

TEST_F(WorkersTest, RunAtOnceInProcessesOfTheirOwn) {
  StartWorkers("2", "2");
  Offer("r-1", "meets_a_writer");
  Offer("r-2", "meets_a_reader");

  EXPECT_NE(Answer("r-1"), Answer("r-2"));
}

TEST_F(WorkersTest, DrawNumbersOfTheirOwn) {
  StartWorkers("2", "2");
  Begin("r-1", "draws_and_waits");
  Begin("r-2", "draws_and_waits");
  OpenGate(2);

  EXPECT_NE(Answer("r-1"), Answer("r-2"));
}

TEST_F(WorkersTest, SayOnceThatTheRuntimeIsThere) {
  StartWorkers("2", "2");
  ASSERT_TRUE(platform_.AwaitPolls(2)) << Err();

  const std::string line = "FunctionCompute python3 runtime inited.";
  EXPECT_EQ(Out().find(line), Out().rfind(line));
  EXPECT_THAT(Out(), HasSubstr(line));
}

TEST_F(WorkersTest, KeepTheLimitTogether) {
  StartWorkers("2", "3");
  for (const char* id : {"r-1", "r-2", "r-3"}) Begin(id, "waits");
  Offer("r-4", "echo");
  EXPECT_THAT(platform_.polls(), SizeIs(3));

  OpenGate(3);

  EXPECT_EQ(Answer("r-4"), "served");
  ASSERT_TRUE(platform_.AwaitPosts(4));
  EXPECT_THAT(platform_.posts(), SizeIs(4));
}

// How many there are
// --------------------------------------------------------------------------------------------

TEST_F(WorkersTest, AreNeverMoreThanTheLimit) {
  StartWorkers("4", "2");

  ASSERT_TRUE(platform_.AwaitPolls(2)) << Err();
  EXPECT_THAT(rloader_->Family(), SizeIs(4));
  EXPECT_TRUE(AwaitText("workers_limited asked=4 started=2 concurrent_limit=2"));
}

TEST_F(WorkersTest, AtOneInvocationAtATimeThereIsNoTemplate) {
  StartWorkers("4", "1");

  ASSERT_TRUE(platform_.AwaitPolls(1)) << Err();
  EXPECT_THAT(rloader_->Family(), SizeIs(2));
}

TEST_F(WorkersTest, AreAsManyAsThereAreProcessors) {
  cpu_set_t processors;
  ASSERT_EQ(::sched_getaffinity(0, sizeof(processors), &processors), 0);
  const auto count = static_cast<std::size_t>(CPU_COUNT(&processors));
  StartWorkers("auto", "256");

  ASSERT_TRUE(platform_.AwaitPolls(count)) << Err();
  EXPECT_THAT(rloader_->Family(), SizeIs(count == 1 ? 2 : count + 2));
}

TEST_F(WorkersTest, NonsenseIsRefusedBeforeAnythingIsStarted) {
  StartWorkers("many", "2");

  ExpectEnd(2);
  EXPECT_EQ(
      Err(),
      "rloader: OPENFC_WORKERS is 'many', but must be auto or a whole number from 1 to 256\n");
}

// Faults of one
// ------------------------------------------------------------------------------------------

struct Fault {
  const char* name;
  const char* what;
  const char* cause;
};

class WorkersFaultTest : public WorkersTest, public ::testing::WithParamInterface<Fault> {};

TEST_P(WorkersFaultTest, OfOneIsNotTheOthers) {
  StartWorkers("2", "2");
  Begin("r-1", "waits");
  Offer("r-2", GetParam().what);

  const Request fault = PostFor("r-2");
  EXPECT_EQ(TypeOf(fault), "ProcessExited");
  EXPECT_THAT(MessageOf(fault), EndsWith(GetParam().cause));
  Offer("r-3", "process");
  const std::string replacement = Answer("r-3");
  OpenGate(1);

  EXPECT_NE(Answer("r-1"), replacement);
  EXPECT_THAT(platform_.posts(), SizeIs(3));
  EXPECT_EQ(Imports(), 1U);
  EXPECT_THAT(rloader_->Family(), SizeIs(4));
}

INSTANTIATE_TEST_SUITE_P(Deaths, WorkersFaultTest,
                         ::testing::Values(Fault{"Exit", "exits", "): exit code 3"},
                                           Fault{"Kill", "kills_itself",
                                                 "): killed by signal 9 (SIGKILL)"}),
                         [](const auto& row) { return row.param.name; });

TEST_F(WorkersTest, ThatDieTakeTheirChildrenAlong) {
  StartWorkers("2", "2");
  Offer("r-1", "leaves_a_child");
  (void)PostFor("r-1");

  ASSERT_TRUE(AwaitText("child: "));
  EXPECT_TRUE(AwaitEndOf(NumberAfter(Out(), "child: ")));
}

TEST_F(WorkersTest, ThatDieOverAndOverAreReplacedEachTime) {
  StartWorkers("2", "2");
  Begin("r-0", "waits");
  for (int i = 1; i <= 8; ++i) {
    const std::string id = "r-" + std::to_string(i);
    Offer(id, "exits");
    EXPECT_EQ(TypeOf(PostFor(id)), "ProcessExited");
  }
  OpenGate(1);

  EXPECT_THAT(Answer("r-0"), Not(HasSubstr("error")));
  EXPECT_THAT(platform_.posts(), SizeIs(9));
}

TEST_F(WorkersTest, TheDeadlineOfOneEndsThatOneAlone) {
  StartWorkers("2", "2");
  Begin("r-1", "waits");
  Offer("r-2", "sleeps", kSoon);

  const Request fault = PostFor("r-2");
  EXPECT_EQ(TypeOf(fault), "FunctionTimeout");
  EXPECT_EQ(MessageOf(fault), "Function timed out after 7 seconds");
  EXPECT_THAT(DocumentOf(fault)["stackTrace"].dump(), HasSubstr("in sleeps"));
  Offer("r-3", "echo");
  EXPECT_EQ(Answer("r-3"), "served");
  OpenGate(1);
  EXPECT_THAT(PostFor("r-1").path, EndsWith("/response"));
  EXPECT_THAT(platform_.posts(), SizeIs(3));
  EXPECT_EQ(Imports(), 1U);
}

TEST_F(WorkersTest, TheDeadlinesOfAllEndAll) {
  StartWorkers("2", "2");
  Offer("r-1", "sleeps", kSoon);
  Offer("r-2", "sleeps", kSoon);

  EXPECT_EQ(TypeOf(PostFor("r-1")), "FunctionTimeout");
  EXPECT_EQ(TypeOf(PostFor("r-2")), "FunctionTimeout");
  Offer("r-3", "echo");
  EXPECT_EQ(Answer("r-3"), "served");
  EXPECT_EQ(Imports(), 1U);
}

TEST_F(WorkersTest, WhatRanBesideATimeoutInTheSameWorkerIsToldOfIt) {
  StartWorkers("2", "4");
  for (const char* id : {"r-1", "r-2", "r-3"}) Begin(id, "sleeps");
  Offer("r-4", "sleeps", kSoon);

  EXPECT_EQ(TypeOf(PostFor("r-4")), "FunctionTimeout");
  ASSERT_TRUE(platform_.AwaitPosts(2));
  Offer("r-5", "echo");
  EXPECT_EQ(Answer("r-5"), "served");
  ASSERT_THAT(platform_.posts(), SizeIs(3));
  EXPECT_THAT(MessageOf(platform_.posts()[1]), HasSubstr("r-4"));
}

// Faults of all
// ------------------------------------------------------------------------------------------

TEST_F(WorkersTest, TheTemplatesDeathRestartsEverything) {
  StartWorkers("2", "2");
  Offer("r-0", "template");
  const pid_t runtime = std::stoi(Answer("r-0"));
  Begin("r-1", "sleeps");
  Begin("r-2", "sleeps");

  ASSERT_EQ(::kill(runtime, SIGKILL), 0);

  for (const char* id : {"r-1", "r-2"}) {
    const Request fault = PostFor(id);
    EXPECT_EQ(TypeOf(fault), "ProcessExited");
    EXPECT_THAT(MessageOf(fault), EndsWith("): killed by signal 9 (SIGKILL)"));
  }
  Offer("r-3", "echo");
  EXPECT_EQ(Answer("r-3"), "served");
  EXPECT_THAT(platform_.posts(), SizeIs(4));
  EXPECT_EQ(Imports(), 2U);
}

TEST_F(WorkersTest, ThatNeverComeToPollAreAFailedStart) {
  folder_.WriteFile("index.py",
                    "import os\nos.register_at_fork(after_in_child=lambda: os._exit(7))\n");
  StartWorkers("2", "2");

  ExpectEnd(70);
  EXPECT_EQ(platform_.posts().at(0).path, kInitError);
  EXPECT_THAT(platform_.polls(), SizeIs(0));
}

TEST_F(WorkersTest, ThatAreRefusedEndTheInstance) {
  for (int i = 0; i < 40; ++i) platform_.AnswerNext(Respond(403));
  StartWorkers("2", "2");

  ExpectEnd(70);
}

// Stopping
// -----------------------------------------------------------------------------------------

TEST_F(WorkersTest, FinishWhatTheyHaveWhenTheInstanceStops) {
  StartWorkers("2", "2");
  Begin("r-1", "waits");
  Begin("r-2", "waits");
  rloader_->Signal(SIGTERM);
  ASSERT_TRUE(AwaitText("stopping signal=SIGTERM"));
  OpenGate(2);

  ExpectEnd(143);
  EXPECT_THAT(PostFor("r-1").path, EndsWith("/response"));
  EXPECT_THAT(PostFor("r-2").path, EndsWith("/response"));
  EXPECT_THAT(platform_.posts(), SizeIs(2));
}

TEST_F(WorkersTest, AreKilledWhenTheGraceTimeIsOver) {
  StartWorkers("2", "2", {{"OPENFC_GRACE_SECONDS", "0"}});
  Begin("r-1", "sleeps");
  Begin("r-2", "sleeps");

  rloader_->Signal(SIGTERM);

  ExpectEnd(143);
  EXPECT_THAT(MessageOf(PostFor("r-1")), EndsWith("): instance stopped"));
  EXPECT_THAT(MessageOf(PostFor("r-2")), EndsWith("): instance stopped"));
}

// Without rloader
// ----------------------------------------------------------------------------------------

TEST_F(WorkersTest, WithoutRloaderAreReplacedAllTheSame) {
  ProgramOptions options;
  options.environment = {{"FC_RUNTIME_API", platform_.address()},
                         {"FC_FUNC_CODE_PATH", folder_.path().string()},
                         {"FC_FUNCTION_HANDLER", "index.handler"},
                         {"FC_CONCURRENT_LIMIT", "2"},
                         {"OPENFC_WORKERS", "2"}};
  const Program& bootstrap = rloader_.emplace("bootstrap", options);
  Begin("r-1", "waits");
  Begin("r-2", "exits");
  Offer("r-3", "echo");

  EXPECT_EQ(Answer("r-3"), "served");
  OpenGate(1);
  EXPECT_THAT(PostFor("r-1").path, EndsWith("/response"));
  EXPECT_THAT(platform_.PostsFor("r-2"), SizeIs(0));
  EXPECT_THAT(bootstrap.Family(), SizeIs(3));
}

// Imports that do not survive a fork
// -----------------------------------------------------------------------------

TEST_F(WorkersTest, AThreadThatTheImportLeavesIsNamed) {
  folder_.WriteFile("index.py",
                    "import threading, time\n"
                    "threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()\n"
                    "def handler(event, context): return 'served'\n");
  StartWorkers("2", "2");

  EXPECT_TRUE(AwaitText("threads_started_at_import threads=\"")) << Err();
  Offer("r-1", "");
  EXPECT_EQ(Answer("r-1"), "served");
  EXPECT_THAT(Err(), Not(HasSubstr("sockets_opened")));
}

TEST_F(WorkersTest, ASocketThatTheImportLeavesIsNamed) {
  folder_.WriteFile("index.py",
                    "import socket\n"
                    "left = socket.socket()\n"
                    "def handler(event, context): return str(left.fileno())\n");
  StartWorkers("2", "2");
  Offer("r-1", "");

  EXPECT_TRUE(AwaitText("sockets_opened_at_import sockets=\"fd " + Answer("r-1") + " (socket:["))
      << Err();
  EXPECT_THAT(Err(), Not(HasSubstr("threads_started")));
}

TEST_F(WorkersTest, AModuleThatCannotBeImportedIsToldToEachCaller) {
  folder_.WriteFile("index.py", "raise RuntimeError('not today')\n");
  StartWorkers("2", "2");
  Offer("r-1", "");
  Offer("r-2", "");

  EXPECT_THAT(MessageOf(PostFor("r-1")), HasSubstr("not today"));
  EXPECT_THAT(MessageOf(PostFor("r-2")), HasSubstr("not today"));
  EXPECT_TRUE(AwaitText("module_not_preloaded cause="));
}

}  // namespace
}  // namespace openfc::testing
