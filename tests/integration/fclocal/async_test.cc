// Asynchronous invocations of a real `fclocal start`: taken, run, tried again, stopped, and told to
// destinations.

#include "tests/fakes/limit.h"
#include "tests/fakes/peer.h"
#include "tests/integration/fclocal/start_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <chrono>
#include <fstream>
#include <set>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr const char* kTasks = "/2023-03-30/functions/f/async-tasks";
const std::string kAsync = "x-fc-invocation-type: Async\r\n";

class AsyncTest : public StartTest {
 protected:
  /// The id of the task that it has become.
  std::string Enqueue(const std::string& event, const std::string& headers = "") const {
    const auto answer = InvokeF(event, kAsync + headers);
    EXPECT_EQ(answer.status, 202) << answer.body;
    EXPECT_EQ(answer.body, "");
    return answer.Header("x-fc-async-task-id");
  }
  nlohmann::json Task(const std::string& id) const {
    return Ask("GET", std::string(kTasks) + "/" + id).json();
  }
  /// Once it has ended, or has come into `state`.
  nlohmann::json AwaitTask(const std::string& id, const std::string& state = "") const {
    const std::set<std::string> ends = {"Succeeded", "Failed", "Stopped", "Expired", "Invalid"};
    const auto limit = std::chrono::steady_clock::now() + kLimit;
    for (;;) {
      auto task = Task(id);
      const std::string status = task.value("status", "none");
      if (status == state || ends.contains(status)) return task;
      if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("still " + status);
      ::sched_yield();
    }
  }
  std::vector<std::string> AwaitLines(const std::string& name, std::size_t count) const {
    const auto limit = std::chrono::steady_clock::now() + kLimit;
    for (;;) {
      std::vector<std::string> lines;
      std::ifstream file(folder_.path() / name);
      for (std::string line; std::getline(file, line) && !file.eof();) lines.push_back(line);
      if (lines.size() >= count) return lines;
      if (std::chrono::steady_clock::now() > limit) {
        throw std::runtime_error(name + " has " + std::to_string(lines.size()) + " lines");
      }
      ::sched_yield();
    }
  }
  static std::string StatesOf(const nlohmann::json& task) {
    std::string states;
    for (const auto& event : task["events"]) states += event["status"].get<std::string>() + " ";
    return states;
  }
};

constexpr const char* kEcho = "def handler(event, context): return b'echo ' + event\n";
constexpr const char* kFails = "def handler(event, context): raise ValueError('broken')\n";

TEST_F(AsyncTest, AreTakenAndRun) {
  Define(kEcho);
  Begin();

  const auto answer = InvokeF("one", kAsync);

  EXPECT_EQ(answer.status, 202);
  const std::string id = answer.Header("x-fc-request-id");
  EXPECT_EQ(answer.Header("x-fc-async-task-id"), id);
  const auto task = AwaitTask(id);
  EXPECT_EQ(task["status"], "Succeeded");
  EXPECT_EQ(task["returnPayload"], "echo one");
  EXPECT_EQ(task["taskPayload"], "one");
  EXPECT_EQ(task["requestId"], id);
  EXPECT_EQ(task["alreadyRetriedTimes"], 0);
  EXPECT_EQ(task["functionArn"], "acs:fc:cn-hangzhou:123456789012:functions/f");
  EXPECT_EQ(StatesOf(task), "Enqueued Running Succeeded ");
}

TEST_F(AsyncTest, AreNamedByTheirCaller) {
  Define(kEcho);
  Begin();

  EXPECT_EQ(Enqueue("one", "x-fc-async-task-id: mine\r\n"), "mine");

  EXPECT_EQ(AwaitTask("mine")["returnPayload"], "echo one");
  const auto again = InvokeF("two", kAsync + "x-fc-async-task-id: mine\r\n");
  EXPECT_EQ(again.status, 400);
  EXPECT_THAT(again.json()["Message"].get<std::string>(), HasSubstr("has a task 'mine' already"));
  EXPECT_EQ(InvokeF("x", kAsync + "x-fc-async-task-id: 1 bad\r\n").status, 400);
}

TEST_F(AsyncTest, AreBoundedInSize) {
  Define(kEcho);
  Begin();

  EXPECT_EQ(InvokeF(std::string(131073, 'x'), kAsync).json()["Code"], "EntityTooLarge");
  EXPECT_EQ(InvokeF(std::string(131072, 'x'), kAsync).status, 202);
}

TEST_F(AsyncTest, AreTriedAgainWhenTheFunctionFails) {
  Define(
      "def handler(event, context):\n"
      "    with open('tries', 'a') as f: f.write('x\\n')\n"
      "    if len(open('tries').readlines()) < 2: raise ValueError('not yet')\n"
      "    return 'at last'\n",
      "      asyncInvokeConfig: {maxAsyncRetryAttempts: 1}\n");
  Begin();

  const auto task = AwaitTask(Enqueue("x"));

  EXPECT_EQ(task["status"], "Succeeded");
  EXPECT_EQ(task["alreadyRetriedTimes"], 1);
  EXPECT_EQ(StatesOf(task), "Enqueued Running Retrying Running Succeeded ");
}

TEST_F(AsyncTest, TellTheFunctionWhichAttemptItIs) {
  Define(
      "def handler(event, context):\n"
      "    if context.retry_count == 0: raise ValueError('not yet')\n"
      "    return str(context.retry_count)\n");
  Begin();

  EXPECT_EQ(AwaitTask(Enqueue("x"))["returnPayload"], "1");
}

TEST_F(AsyncTest, ComeThroughAnHttpTriggerAsItsEvent) {
  Define(kEcho,
         "      triggers: [{triggerName: t, triggerType: http, triggerConfig: {authType: "
         "anonymous, methods: [POST]}}]\n");
  Begin();

  const auto answer = Ask("POST", "/proxy/f/a?x=1", "body",
                          "x-fc-invocation-type: Async\r\nx-fc-async-task-id: triggered\r\n");

  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.Header("x-fc-async-task-id"), "triggered");
  const auto task = AwaitTask("triggered");
  EXPECT_EQ(task["requestId"], answer.Header("x-fc-request-id"));
  const auto event = nlohmann::json::parse(task["taskPayload"].get<std::string>());
  EXPECT_EQ(event["rawPath"], "/a");
  EXPECT_EQ(event["body"], "body");
}

TEST_F(AsyncTest, ComeThroughAnHttpTriggerOfFc2AsItsRequest) {
  DefineFc2(
      "def handler(environ, start_response):\n"
      "    start_response('200 OK', [])\n"
      "    return [(environ['REQUEST_METHOD'] + ' ' + environ['PATH_INFO'] + ' ').encode() + "
      "environ['wsgi.input'].read()]\n",
      "",
      "      triggers: [{name: t, type: http, config: {authType: anonymous, methods: "
      "[POST]}}]\n");
  Begin();

  const auto answer =
      Ask("POST", "/2016-08-15/proxy/s/f/a", "body", "x-fc-invocation-type: Async\r\n");

  EXPECT_EQ(answer.status, 202) << answer.body;
  const auto task = AwaitTask(answer.Header("x-fc-async-task-id"));
  EXPECT_EQ(task["status"], "Succeeded");
  EXPECT_EQ(task["returnPayload"], "POST /a body");
}

TEST_F(AsyncTest, FailOnceTheyWereTriedOftenEnough) {
  Define(kFails, "      asyncInvokeConfig: {maxAsyncRetryAttempts: 0}\n");
  Begin();

  const auto task = AwaitTask(Enqueue("x"));

  EXPECT_EQ(task["status"], "Failed");
  EXPECT_EQ(task["taskErrorMessage"], "ValueError: broken");
  EXPECT_THAT(task["returnPayload"].get<std::string>(), HasSubstr("broken"));
}

TEST_F(AsyncTest, WaitWhereThereIsNoRoomAndDoNotCrowdOutOthers) {
  Define(
      "def handler(event, context):\n"
      "    if event == b'wait': open('gate').read()\n"
      "    return event\n",
      "      timeout: 600\n");
  const std::string gate = MakeGate();
  Begin({"--max-instances", "1", "--max-waiting", "1"});
  const std::string first = Enqueue("wait");
  AwaitTask(first, "Running");
  std::vector<std::string> others;
  for (int i = 0; i < 10; ++i) others.push_back(Enqueue("x"));
  auto sync = CallF("sync");

  OpenGate(gate);

  EXPECT_EQ(sync.Await().body, "sync");
  EXPECT_EQ(AwaitTask(first)["status"], "Succeeded");
  for (const std::string& id : others)
    EXPECT_EQ(StatesOf(AwaitTask(id)), "Enqueued Running Succeeded ");
}

TEST_F(AsyncTest, AreStoppedWhileTheyWaitAndWhileTheyRun) {
  Define("def handler(event, context): open('gate').read()\n", "      timeout: 600\n");
  (void)MakeGate();
  environment_["OPENFC_GRACE_SECONDS"] = "0";
  Begin({"--max-instances", "1"});
  const std::string running = Enqueue("x");
  AwaitTask(running, "Running");
  const std::string waiting = Enqueue("x");

  EXPECT_EQ(Ask("PUT", std::string(kTasks) + "/" + waiting + "/stop").status, 200);
  EXPECT_EQ(Task(waiting)["status"], "Stopped");
  EXPECT_EQ(Ask("PUT", std::string(kTasks) + "/" + running + "/stop").status, 200);
  EXPECT_EQ(AwaitTask(running)["status"], "Stopped");
  EXPECT_EQ(Ask("PUT", std::string(kTasks) + "/" + running + "/stop").status, 400);
  EXPECT_EQ(Ask("PUT", std::string(kTasks) + "/none/stop").status, 404);
}

TEST_F(AsyncTest, ExpireWhenTheyGrowTooOld) {
  Define(
      "def handler(event, context):\n"
      "    if event == b'wait': open('gate').read()\n",
      "      timeout: 600\n"
      "      asyncInvokeConfig: {maxAsyncEventAgeInSeconds: 1, destinationConfig: {onFailure: "
      "{destination: 'file:failed.jsonl'}}}\n");
  const std::string gate = MakeGate();
  Begin({"--max-instances", "1"});
  AwaitTask(Enqueue("wait"), "Running");

  const auto task = AwaitTask(Enqueue("late"));

  EXPECT_EQ(task["status"], "Expired");
  EXPECT_EQ(nlohmann::json::parse(AwaitLines("failed.jsonl", 1)[0])["requestPayload"], "late");
  OpenGate(gate);
}

TEST_F(AsyncTest, TellAFileWhatBecameOfThem) {
  Define(
      "def handler(event, context):\n"
      "    if event == b'fail': raise ValueError('broken')\n"
      "    return 'fine'\n",
      "      asyncInvokeConfig:\n        maxAsyncRetryAttempts: 0\n        destinationConfig:\n"
      "          onSuccess: {destination: 'file:done.jsonl'}\n"
      "          onFailure: {destination: 'file:failed.jsonl'}\n");
  Begin();

  const std::string good = Enqueue("good");
  const std::string bad = Enqueue("fail");

  const auto done = nlohmann::json::parse(AwaitLines("done.jsonl", 1)[0]);
  EXPECT_EQ(done["requestContext"]["requestId"], good);
  EXPECT_EQ(done["requestContext"]["functionArn"], "acs:fc:cn-hangzhou:123456789012:functions/f");
  EXPECT_EQ(done["requestContext"]["condition"], "");
  EXPECT_EQ(done["requestContext"]["approximateInvokeCount"], 1);
  EXPECT_EQ(done["requestPayload"], "good");
  EXPECT_EQ(done["responseContext"]["statusCode"], 200);
  EXPECT_EQ(done["responseContext"]["functionError"], "");
  EXPECT_EQ(done["responsePayload"], "fine");
  const auto failed = nlohmann::json::parse(AwaitLines("failed.jsonl", 1)[0]);
  EXPECT_EQ(failed["requestContext"]["requestId"], bad);
  EXPECT_EQ(failed["responseContext"]["functionError"], "UnhandledInvocationError");
  EXPECT_THAT(failed["responsePayload"].get<std::string>(), HasSubstr("broken"));
}

TEST_F(AsyncTest, TellAnotherFunctionWhatBecameOfThem) {
  folder_.WriteFile("index.py",
                    "def handler(event, context): return 'of ' + event.decode()\n"
                    "def next(event, context):\n"
                    "    with open('told', 'ab') as f: f.write(event + b'\\n')\n");
  std::string text = "edition: 3.0.0\nresources:\n";
  for (const char* const name : {"f", "g"}) {
    text += std::string("  ") + name +
            ":\n    component: fc3\n    props:\n      region: cn-hangzhou\n"
            "      runtime: python3.10\n      code: .\n      functionName: " +
            name +
            (name[0] == 'f' ? "\n      handler: index.handler\n      asyncInvokeConfig: "
                              "{destinationConfig: {onSuccess: {destination: "
                              "'acs:fc:cn-hangzhou:1:functions/g'}}}\n"
                            : "\n      handler: index.next\n");
  }
  folder_.WriteFile("s.yaml", text);
  Begin();

  Enqueue("one");

  EXPECT_EQ(nlohmann::json::parse(AwaitLines("told", 1)[0])["responsePayload"], "of one");
}

TEST_F(AsyncTest, TellAnUrlWhatBecameOfThem) {
  std::string request;
  Peer peer([&request](Peer& self) {
    self.Accept();
    request = self.ReadRequest();
    self.Send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  });
  Define(kEcho,
         "      asyncInvokeConfig: {destinationConfig: {onSuccess: {destination: "
         "'http://127.0.0.1:" +
             std::to_string(peer.port()) + "/hook'}}}\n");
  Begin();

  Enqueue("one");

  peer.AwaitScript();
  EXPECT_THAT(request, HasSubstr("POST /hook HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\"responsePayload\":\"echo one\""));
}

TEST_F(AsyncTest, AreToldAgainToAnUrlThatWasAwayAlsoByTheNextProcess) {
  std::string request;
  Peer peer([&](Peer& self) {
    self.Accept();
    self.ReadRequest();
    self.Send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    self.Accept();
    request = self.ReadRequest();
    self.Send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  });
  Define(kEcho,
         "      asyncInvokeConfig: {destinationConfig: {onSuccess: {destination: "
         "'http://127.0.0.1:" +
             std::to_string(peer.port()) + "/hook'}}}\n");
  Begin();
  Enqueue("one");
  ASSERT_TRUE(program_->output().Await("destination_failed"));
  ASSERT_TRUE(program_->output().Await("it answered with status 503"));

  ASSERT_EQ(StopIt(SIGKILL).signal, SIGKILL);
  Begin();

  peer.AwaitScript();
  EXPECT_THAT(request, HasSubstr("\"responsePayload\":\"echo one\""));
}

TEST_F(AsyncTest, SayWhenADestinationIsGivenUp) {
  Peer peer([](Peer& self) {
    self.Accept();
    self.ReadRequest();
    self.Send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  const std::string url = "http://127.0.0.1:" + std::to_string(peer.port()) + "/hook";
  Define(kEcho,
         "      asyncInvokeConfig: {maxAsyncRetryAttempts: 0, destinationConfig: {onSuccess: "
         "{destination: '" +
             url + "'}}}\n");
  Begin();

  const std::string id = Enqueue("one");

  EXPECT_TRUE(program_->output().Await("destination_given_up destination=" + url + " request_id=" +
                                       id + " attempts=1 reason=\"it answered with status 404\""));
}

TEST_F(AsyncTest, AreListed) {
  Define(kEcho);
  Begin();
  for (const char* const name : {"a1", "a2", "b1"}) {
    AwaitTask(Enqueue("x", std::string("x-fc-async-task-id: ") + name + "\r\n"));
  }

  const auto ids = [this](const std::string& query) {
    std::string found;
    const auto answer = Ask("GET", std::string(kTasks) + query).json();
    for (const auto& task : answer["tasks"]) found += task["taskId"].get<std::string>() + " ";
    return found;
  };

  EXPECT_EQ(ids(""), "b1 a2 a1 ");
  EXPECT_EQ(ids("?sortOrderByTime=asc&prefix=a"), "a1 a2 ");
  EXPECT_EQ(ids("?status=Failed"), "");
  const auto page = Ask("GET", std::string(kTasks) + "?limit=2").json();
  ASSERT_TRUE(page.contains("nextToken"));
  EXPECT_EQ(ids("?limit=2&nextToken=" + page["nextToken"].get<std::string>()), "a1 ");
  EXPECT_EQ(Ask("GET", std::string(kTasks) + "?status=Odd").status, 400);
  EXPECT_EQ(Ask("GET", std::string(kTasks) + "?limit=x").status, 400);
  EXPECT_EQ(Ask("GET", std::string(kTasks) + "/none").status, 404);
  const auto stopped = Ask("PUT", std::string(kTasks) + "/none/stop");
  EXPECT_EQ(stopped.status, 404);
  EXPECT_EQ(stopped.json()["Code"], "AsyncTaskNotFound");
  // Python's SDK writes it so.
  const auto shown = Ask("GET", std::string(kTasks) + "?includePayload=True&limit=1").json();
  EXPECT_EQ(shown["tasks"][0]["taskPayload"], "x");
  EXPECT_EQ(Ask("GET", "/2023-03-30/functions/none/async-tasks").status, 404);
  EXPECT_EQ(Ask("POST", kTasks).status, 405);
}

TEST_F(AsyncTest, AreShownAndStoppedByTheCommand) {
  Define("def handler(event, context): open('gate').read()\n", "      timeout: 600\n");
  (void)MakeGate();
  environment_["OPENFC_GRACE_SECONDS"] = "0";
  Begin({"--max-instances", "1"});
  AwaitTask(Enqueue("first", "x-fc-async-task-id: one\r\n"), "Running");
  Enqueue("second", "x-fc-async-task-id: two\r\n");

  const auto listed = RunCommand({"tasks", "--json"}).json();
  const Invoked stopped = RunCommand({"tasks", "stop", "two"});
  const Invoked shown = RunCommand({"tasks", "show", "two"});

  ASSERT_EQ(listed["tasks"].size(), 2U);
  EXPECT_EQ(listed["tasks"][0]["taskId"], "two");
  EXPECT_EQ(listed["tasks"][0]["function"], "f");
  EXPECT_EQ(stopped.exit_code, 0) << stopped.err;
  EXPECT_THAT(shown.out, MatchesRegex("two  f  Stopped\n(.*\n)*event: second\n"));
  EXPECT_THAT(RunCommand({"tasks"}).out, HasSubstr("one   f         Running"));
  EXPECT_EQ(RunCommand({"tasks", "show", "none"}).exit_code, 1);
  EXPECT_EQ(RunCommand({"tasks", "dance"}).exit_code, 2);
  EXPECT_EQ(RunCommand({"tasks", "show"}).exit_code, 2);
}

/// Each writes a line; what was killed in the middle writes it again.
constexpr const char* kWrites =
    "def handler(event, context):\n"
    "    with open('written', 'ab') as f: f.write(event + b'\\n')\n";

TEST_F(AsyncTest, AreAllRunAlsoWhenFclocalIsKilledInTheMiddle) {
  const std::size_t count = std::getenv("OPENFC_ASYNC_COUNT") != nullptr
                                ? std::stoul(std::getenv("OPENFC_ASYNC_COUNT"))
                                : 300;
  Define(kWrites);
  Begin({"--max-instances", "2", "--quiet"});
  std::vector<PlatformCall> calls;
  std::set<std::string> expected;
  for (std::size_t i = 0; i < count; ++i) {
    expected.insert(std::to_string(i));
    calls.push_back(CallF(std::to_string(i), kAsync));
    if (calls.size() < 50 && i + 1 < count) continue;
    for (PlatformCall& call : calls) ASSERT_EQ(call.Await().status, 202);
    calls.clear();
  }
  AwaitLines("written", count / 10);

  ASSERT_EQ(StopIt(SIGKILL).signal, SIGKILL);
  const std::size_t before = AwaitLines("written", 0).size();
  Begin({"--max-instances", "2", "--quiet"});

  EXPECT_LT(before, count) << "nothing was left to do";
  std::set<std::string> written;
  std::size_t lines = count;
  while (written.size() < count) {
    const auto all = AwaitLines("written", lines);
    written.insert(all.begin(), all.end());
    lines = all.size() + 1;
  }
  EXPECT_EQ(written, expected);
}

TEST_F(AsyncTest, GoOnWithTheNextStartAfterCtrlC) {
  Define(
      "def handler(event, context):\n"
      "    open('gate').read()\n"
      "    open('written', 'w').write('done\\n')\n",
      "      timeout: 600\n");
  const std::string gate = MakeGate();
  environment_["OPENFC_GRACE_SECONDS"] = "0";
  Begin();
  const std::string id = Enqueue("x");
  AwaitTask(id, "Running");
  ASSERT_EQ(StopIt().exit_code, 130);

  Begin();
  AwaitTask(id, "Running");
  OpenGate(gate);

  const auto task = AwaitTask(id);
  EXPECT_EQ(task["status"], "Succeeded");
  EXPECT_EQ(task["alreadyRetriedTimes"], 1);
}

}  // namespace
}  // namespace openfc::testing
