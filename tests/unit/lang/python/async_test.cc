#include "tests/unit/lang/python/function_test.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <signal.h>

#include <chrono>

namespace openfc::python {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// One invocation at a time.
class AsyncTest : public FunctionTest {
 protected:
  /// What a coroutine of these statements answers.
  std::string Await(const std::string& statements, const std::string& preamble = "") {
    return Answer("import asyncio, contextvars, os, signal, sys, threading\n" + preamble +
                  "\nasync def handler(event, context):\n    " + statements + "\n");
  }

  /// The same with a deadline that comes soon.
  Outcome AwaitBriefly(const std::string& statements) {
    Write("index.py", "import asyncio\nasync def handler(event, context):\n    " + statements +
                          "\nasync def other(event, context):\n    return 'served'\n");
    Invocation invocation;
    invocation.request_id = "r-1";
    invocation.function = {
        .name = "f", .handler = "index.handler", .memory_mb = 128, .timeout_s = 3};
    invocation.deadline = Deadline::After(std::chrono::milliseconds(20));
    return Invoke(std::move(invocation));
  }

  static nlohmann::json JsonOf(const Outcome& outcome) {
    return nlohmann::json::parse(TextOf(outcome));
  }
};

TEST_F(AsyncTest, ACoroutinesResultIsTheAnswer) {
  EXPECT_EQ(Await("await asyncio.sleep(0)\n    return event.decode() + '!'"), "!");
}

TEST_F(AsyncTest, ACoroutinesResultIsEncodedLikeAnyOther) {
  EXPECT_EQ(Await("return {'b': 1, 'a': None}"), "{\n    \"a\": null,\n    \"b\": 1\n}");
}

TEST_F(AsyncTest, AnythingThatHandsOutACoroutineIsAwaited) {
  EXPECT_EQ(Answer("async def inner(): return 'inner'\n"
                   "class Handler:\n    def __call__(self, event, context): return inner()\n"
                   "handler = Handler()\n"),
            "inner");
}

TEST_F(AsyncTest, AGeneratorIsNoCoroutine) {
  EXPECT_THAT(Answer("def handler(event, context): yield 1\n"), HasSubstr("not JSON serializable"));
}

TEST_F(AsyncTest, ItRunsInTheMainThreadWhichIsTheOnlyOne) {
  EXPECT_EQ(Await("await asyncio.sleep(0)\n"
                  "    return repr((threading.current_thread() is threading.main_thread(),\n"
                  "                 len(os.listdir('/proc/self/task'))))"),
            "(True, 1)");
}

TEST_F(AsyncTest, TheLoopLivesAcrossInvocations) {
  Write("index.py",
        "import asyncio\nseen = []\n"
        "async def handler(event, context):\n"
        "    seen.append(asyncio.get_running_loop())\n"
        "    return str(all(loop is seen[0] for loop in seen))\n");

  Invoke();

  EXPECT_EQ(TextOf(Invoke()), "True");
}

TEST_F(AsyncTest, ATaskThatWasLeftBehindGoesOnWithTheNextCoroutine) {
  Write("index.py",
        "import asyncio\ntasks, log = [], []\n"
        "async def later():\n    await asyncio.sleep(0)\n    log.append('later')\n"
        "async def handler(event, context):\n"
        "    if not tasks: tasks.append(asyncio.ensure_future(later()))\n"
        "    else: await tasks[0]\n"
        "    return repr(log)\n");

  EXPECT_EQ(TextOf(Invoke()), "[]");
  EXPECT_EQ(TextOf(Invoke()), "['later']");
}

TEST_F(AsyncTest, AnExceptionIsDescribedFromTheHandlersFrameDown) {
  const auto answer =
      nlohmann::json::parse(Await("await inner()", "async def inner():\n    raise KeyError('x')"));

  EXPECT_EQ(answer["errorType"], "KeyError");
  ASSERT_EQ(answer["stackTrace"].size(), 2U);
  EXPECT_EQ(answer["stackTrace"][0][2], "in handler");
  EXPECT_EQ(answer["stackTrace"][1][2], "in inner");
}

TEST_F(AsyncTest, ABaseExceptionIsAnsweredAndTheNextIsServed) {
  Write("index.py",
        "import builtins\n"
        "async def handler(event, context):\n"
        "    if event: raise getattr(builtins, event.decode())('x')\n    return 'served'\n");
  for (const char* name : {"SystemExit", "KeyboardInterrupt", "GeneratorExit"}) {
    EXPECT_EQ(TypeOf(Invoke("index.handler", name)), name);
    EXPECT_EQ(TextOf(Invoke()), "served");
  }
}

TEST_F(AsyncTest, ACancellationOfTheUsersIsAnExceptionLikeAnyOther) {
  EXPECT_THAT(Await("raise asyncio.CancelledError('mine')"),
              HasSubstr("\"errorType\": \"CancelledError\""));
}

TEST_F(AsyncTest, AtTheDeadlineItIsCancelledAndAnsweredWithItsStack) {
  const Outcome outcome =
      AwaitBriefly("await inner()\nasync def inner():\n    await asyncio.sleep(1000)");

  EXPECT_EQ(TypeOf(outcome), "FunctionTimeout");
  const auto json = JsonOf(outcome);
  EXPECT_EQ(json["errorMessage"], "Function timed out after 3 seconds");
  const std::string file = "File \"" + (code_ / "index.py").string() + "\"";
  EXPECT_THAT(json["stackTrace"][0], ElementsAre(file, "line 3", "in handler", ""));
  EXPECT_THAT(json["stackTrace"][1], ElementsAre(file, "line 5", "in inner", ""));
  EXPECT_EQ(json["stackTrace"].back()[2], "in sleep");
}

TEST_F(AsyncTest, WhateverItMakesOfTheCancellationItTimedOut) {
  EXPECT_EQ(TypeOf(AwaitBriefly("try: await asyncio.sleep(1000)\n"
                                "    except asyncio.CancelledError: return 'swallowed'")),
            "FunctionTimeout");
}

TEST_F(AsyncTest, AfterATimeoutTheNextIsServed) {
  EXPECT_EQ(TypeOf(AwaitBriefly("await asyncio.sleep(1000)")), "FunctionTimeout");

  EXPECT_EQ(TextOf(Invoke("index.other")), "served");
}

TEST_F(AsyncTest, ADeadlineThatIsOverDoesNotTouchTheNext) {
  Write("index.py", "async def handler(event, context): return 'served'\n");
  Invocation invocation;
  invocation.function.handler = "index.handler";
  invocation.body = std::string();
  invocation.deadline = Deadline::After(std::chrono::seconds(1000));

  EXPECT_EQ(TextOf(Invoke(std::move(invocation))), "served");
  EXPECT_EQ(TextOf(Invoke()), "served");
}

TEST_F(AsyncTest, ItSaysThatItEndsItselfBeforeItRuns) {
  Write("index.py",
        "async def handler(event, context): return 'a'\ndef plain(event, context): return 'p'\n");
  const auto python = *MakePythonHandler(options_);
  for (const std::string name : {"handler", "plain"}) {
    Invocation invocation;
    invocation.function.handler = "index." + name;
    invocation.body = std::string();
    testing::ReplyRecord record;

    python->Handle(std::move(invocation), testing::MakeFakeReply(record));

    EXPECT_EQ(record.ends_itself, name == "handler");
  }
}

TEST_F(AsyncTest, ALoopThatIsStoppedIsAnErrorOfThatInvocationOnly) {
  Write("index.py",
        "import asyncio\n"
        "async def handler(event, context):\n"
        "    if event: asyncio.get_running_loop().stop()\n"
        "    await asyncio.sleep(0.001)\n    return 'served'\n");

  EXPECT_THAT(TextOf(Invoke("index.handler", "stop")),
              HasSubstr("Event loop stopped before Future completed."));
  EXPECT_EQ(TextOf(Invoke()), "served");
}

TEST_F(AsyncTest, ALoopThatWasClosedIsReplaced) {
  Write("index.py",
        "import asyncio\nloops = []\n"
        "async def handler(event, context):\n"
        "    loops.append(asyncio.get_running_loop())\n    return 'served'\n"
        "def close(event, context): loops[-1].close()\n");

  EXPECT_EQ(TextOf(Invoke()), "served");
  EXPECT_EQ(TextOf(Invoke("index.close")), "null");
  EXPECT_EQ(TextOf(Invoke()), "served");
}

TEST_F(AsyncTest, ASyncHandlerMayRunALoopOfItsOwn) {
  EXPECT_EQ(Answer("import asyncio\n"
                   "async def work():\n    await asyncio.sleep(0)\n    return 'worked'\n"
                   "async def first(event, context): return 'x'\n"
                   "def handler(event, context): return asyncio.run(work())\n"),
            "worked");
}

TEST_F(AsyncTest, AnExceptionInACallbackIsLogged) {
  ::testing::internal::CaptureStdout();

  Await(
      "asyncio.get_running_loop().call_soon(lambda: 1 / 0)\n"
      "    await asyncio.sleep(0)\n    await asyncio.sleep(0)");

  EXPECT_THAT(::testing::internal::GetCapturedStdout(),
              ::testing::AllOf(HasSubstr(" r-1 [ERROR] Exception in callback"),
                               HasSubstr("ZeroDivisionError")));
}

TEST_F(AsyncTest, ASignalHandlerThatRaisesEndsTheInvocation) {
  const std::string answer =
      Await("signal.setitimer(signal.ITIMER_REAL, 0.02)\n    await asyncio.sleep(1000)",
            "class Alarm(Exception): pass\n"
            "def ring(*args): raise Alarm('ring')\n"
            "signal.signal(signal.SIGALRM, ring)");

  EXPECT_THAT(answer, HasSubstr("\"errorType\": \"Alarm\""));
  RunPython("import signal; signal.signal(signal.SIGALRM, signal.SIG_DFL)");
}

TEST_F(AsyncTest, ALoopsSignalHandlersWork) {
  EXPECT_EQ(Await("rung = asyncio.Event()\n"
                  "    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, rung.set)\n"
                  "    os.kill(os.getpid(), signal.SIGUSR1)\n"
                  "    await rung.wait()\n"
                  "    asyncio.get_running_loop().remove_signal_handler(signal.SIGUSR1)\n"
                  "    return 'rung'"),
            "rung");
}

TEST_F(AsyncTest, AForkedChildThatReturnsRaisesOrAwaitsEndsWithoutAnAnswer) {
  const std::string answer = Await(
      "codes = []\n"
      "    for how in ('return', 'raise', 'exit', 'await'):\n"
      "        child = os.fork()\n"
      "        if child == 0:\n"
      "            sys.stderr = open(os.devnull, 'w')\n"
      "            if how == 'return': return 'the child must not answer'\n"
      "            if how == 'raise': raise ValueError\n"
      "            if how == 'exit': sys.exit(7)\n"
      "            await asyncio.sleep(0)\n"
      "        codes.append(os.waitpid(child, 0)[1] >> 8)\n"
      "        await asyncio.sleep(0)\n"
      "    return repr(codes)");

  EXPECT_EQ(answer, "[0, 1, 7, 1]");
}

TEST_F(AsyncTest, SubprocessesOfTheLoopWork) {
  EXPECT_EQ(Await("child = await asyncio.create_subprocess_exec('echo', 'hello',\n"
                  "        stdout=asyncio.subprocess.PIPE)\n"
                  "    return (await child.communicate())[0]"),
            "hello\n");
}

TEST_F(AsyncTest, WhatIsLeftBehindIsCancelledAtTheEnd) {
  Write("index.py",
        "import asyncio, sys\n"
        "async def left():\n"
        "    try: await asyncio.sleep(1000)\n"
        "    except asyncio.CancelledError:\n        sys.cancelled = True\n        raise\n"
        "async def handler(event, context):\n"
        "    asyncio.ensure_future(left())\n    await asyncio.sleep(0)\n");
  {
    const auto python = *MakePythonHandler(options_);
    Invocation invocation;
    invocation.function.handler = "index.handler";
    invocation.body = std::string();
    testing::ReplyRecord record;
    python->Handle(std::move(invocation), testing::MakeFakeReply(record));
  }

  RunPython("import sys; assert sys.cancelled; del sys.cancelled");
}

}  // namespace
}  // namespace openfc::python
