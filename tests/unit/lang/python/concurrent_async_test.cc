#include "tests/fakes/limit.h"
#include "tests/unit/lang/python/concurrent_test.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <future>

namespace openfc::python {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// A reply that can be awaited.
class PromiseSink final : public ReplySink {
 public:
  explicit PromiseSink(std::promise<Outcome> promise, std::string_view said = {})
      : promise_(std::move(promise)), said_(said) {}
  void Send(Outcome outcome) override {
    EXPECT_EQ(::write(1, said_.data(), said_.size()), std::ssize(said_));
    promise_.set_value(std::move(outcome));
  }
  Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead /*head*/) override {
    return Error{ErrorCode::kInvalidArgument, "does not stream"};
  }
  void Abandon() override { promise_.set_value(Failure{.type = "Abandoned", .document = {}}); }

 private:
  std::promise<Outcome> promise_;
  const std::string_view said_;
};

class ConcurrentAsyncTest : public ConcurrentTest {
 protected:
  using Answers = std::vector<std::future<Outcome>>;

  void TearDown() override {
    python_.reset();
    ConcurrentTest::TearDown();
  }

  void Define(const std::string& code) {
    Write("index.py",
          "import asyncio, contextvars, logging, os, sys, threading, time\n" + code + "\n");
    python_ = MakeHandler();
  }

  std::future<Outcome> Submit(Invocation invocation, std::string_view said = {}) {
    std::promise<Outcome> promise;
    auto answer = promise.get_future();
    python_->Handle(std::move(invocation),
                    Reply(std::make_unique<PromiseSink>(std::move(promise), said)));
    return answer;
  }
  std::future<Outcome> Submit(const std::string& event, const std::string& handler = "handler") {
    return Submit(MakeInvocation(number_++, event, "index." + handler));
  }

  static Outcome Await(std::future<Outcome>& answer) {
    if (answer.wait_for(testing::kLimit) != std::future_status::ready) {
      return Failure{.type = "nothing came", .document = {}};
    }
    return answer.get();
  }
  static std::string TextAwaited(std::future<Outcome> answer) { return TextOf(Await(answer)); }

  std::unique_ptr<Handler> python_;
  std::size_t number_ = 0;
};

TEST_F(ConcurrentAsyncTest, ManyAreInFlightAtOnceAndHandleReturnsBeforeTheAnswer) {
  Define(
      "waiting = []\n"
      "async def handler(event, context):\n"
      "    waiting.append(asyncio.get_running_loop().create_future())\n"
      "    if len(waiting) == 100:\n"
      "        for future in waiting: future.set_result(None)\n"
      "    await waiting[int(event)]\n"
      "    return event\n");
  Answers answers;

  for (int i = 0; i < 100; ++i) answers.push_back(Submit(std::to_string(i)));

  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(TextOf(Await(answers[i])), std::to_string(i));
}

TEST_F(ConcurrentAsyncTest, AllRunInOneThread) {
  Define("async def handler(event, context): return threading.get_ident()");

  EXPECT_EQ(TextAwaited(Submit("")), TextAwaited(Submit("")));
}

TEST_F(ConcurrentAsyncTest, SyncHandlersRunBesideThem) {
  Define(
      "gate = threading.Event()\n"
      "async def handler(event, context):\n"
      "    while not gate.is_set(): await asyncio.sleep(0.001)\n    return 'opened'\n"
      "def plain(event, context): gate.set()\n");

  auto answer = Submit("");
  EXPECT_EQ(TextAwaited(Submit("", "plain")), "null");

  EXPECT_EQ(TextOf(Await(answer)), "opened");
}

TEST_F(ConcurrentAsyncTest, ASyncHandlerMayRunALoopOfItsOwn) {
  Define(
      "async def handler(event, context): return 'x'\n"
      "def plain(event, context): return asyncio.run(handler(event, context))\n");

  EXPECT_EQ(TextAwaited(Submit("")), "x");
  EXPECT_EQ(TextAwaited(Submit("", "plain")), "x");
}

TEST_F(ConcurrentAsyncTest, EachHasAContextOfItsOwn) {
  Define(
      "name = contextvars.ContextVar('name', default='nobody')\n"
      "async def handler(event, context):\n"
      "    before = name.get()\n"
      "    name.set(event.decode())\n"
      "    for _ in range(3): await asyncio.sleep(0)\n"
      "    return before + ' ' + name.get()\n");

  auto one = Submit("one");
  auto two = Submit("two");

  EXPECT_EQ(TextOf(Await(one)), "nobody one");
  EXPECT_EQ(TextOf(Await(two)), "nobody two");
}

TEST_F(ConcurrentAsyncTest, RecordsOfEachAndOfItsTasksCarryItsId) {
  Define(
      "async def say(what): logging.info(what)\n"
      "async def handler(event, context):\n"
      "    await asyncio.sleep(0)\n"
      "    await asyncio.gather(say(event.decode()), say('again'))\n"
      "    if event == b'two': raise ValueError\n");

  const std::string output = OutputOf([&] {
    auto one = Submit("one");
    auto two = Submit("two");
    Await(one);
    Await(two);
  });

  EXPECT_THAT(output, AllOf(HasSubstr(" r-1 [INFO] one\n"), HasSubstr(" r-2 [INFO] two\n"),
                            HasSubstr(" r-1 [INFO] again\n"), HasSubstr(" r-2 [INFO] again\n"),
                            HasSubstr(" r-2 [ERROR] {\n"), Not(HasSubstr(" r-1 [ERROR]"))));
}

TEST_F(ConcurrentAsyncTest, LinesOfTasksStayWhole) {
  Define(
      "async def handler(event, context):\n"
      "    for i in range(100):\n"
      "        for part in ('a', 'b', 'c'):\n"
      "            print(part, end='')\n            await asyncio.sleep(0)\n"
      "        print()\n");

  const std::string output = OutputOf([&] {
    Answers answers;
    for (int i = 0; i < 8; ++i) answers.push_back(Submit(""));
    for (auto& answer : answers) Await(answer);
  });

  for (std::size_t at = 0; at < output.size(); at += 4) ASSERT_EQ(output.substr(at, 4), "abc\n");
  EXPECT_EQ(output.size(), 8U * 100 * 4);
}

TEST_F(ConcurrentAsyncTest, TheRestOfATasksOutputIsWrittenBeforeItsAnswer) {
  Define("async def handler(event, context): print('rest', end='')");

  EXPECT_EQ(OutputOf([&] {
              auto answer = Submit(MakeInvocation(0, ""), "answer");
              Await(answer);
            }),
            "restanswer");
}

TEST_F(ConcurrentAsyncTest, OneIsCancelledAtItsDeadlineAndTheOthersGoOn) {
  Define(
      "cancelled = []\n"
      "async def handler(event, context):\n"
      "    if event == b'slow':\n"
      "        try: await asyncio.sleep(1000)\n"
      "        finally: cancelled.append(1)\n"
      "    while not cancelled: await asyncio.sleep(0.001)\n"
      "    return 'went on'\n");
  Invocation invocation = MakeInvocation(7, "slow");
  invocation.function.timeout_s = 2;
  invocation.deadline = Deadline::After(std::chrono::milliseconds(20));

  auto other = Submit("other");
  auto slow = Submit(std::move(invocation));

  const Outcome outcome = Await(slow);
  EXPECT_EQ(TypeOf(outcome), "FunctionTimeout");
  EXPECT_THAT(TextOf(outcome), AllOf(HasSubstr("Function timed out after 2 seconds"),
                                     HasSubstr("\"line 5\",\n            \"in handler\"")));
  EXPECT_EQ(TextOf(Await(other)), "went on");
}

TEST_F(ConcurrentAsyncTest, ExceptionsAreDescribedFromTheHandlersFrameDown) {
  Define("async def handler(event, context):\n    await asyncio.sleep(0)\n    raise KeyError('x')");

  const std::string answer = TextAwaited(Submit(""));

  EXPECT_THAT(answer, AllOf(HasSubstr("\"KeyError\""), HasSubstr("in handler")));
  EXPECT_THAT(answer, Not(HasSubstr("asyncio")));
}

TEST_F(ConcurrentAsyncTest, ABaseExceptionIsAnsweredAndTheOthersGoOn) {
  Define(
      "gone = []\n"
      "async def handler(event, context):\n"
      "    if event: gone.append(1); raise SystemExit('x')\n"
      "    while not gone: await asyncio.sleep(0.001)\n"
      "    return 'went on'\n");

  auto other = Submit("");
  auto exiting = Submit("x");

  EXPECT_EQ(TypeOf(Await(exiting)), "SystemExit");
  EXPECT_EQ(TextOf(Await(other)), "went on");
}

TEST_F(ConcurrentAsyncTest, ALoopThatIsStoppedGoesOn) {
  Define(
      "async def handler(event, context):\n"
      "    asyncio.get_running_loop().stop()\n"
      "    await asyncio.sleep(0.001)\n    return 'went on'\n");

  EXPECT_EQ(TextAwaited(Submit("")), "went on");
}

TEST_F(ConcurrentAsyncTest, ALoopThatBreaksFailsWhatIsInFlightAndTheNextIsServed) {
  Define(
      "async def handler(event, context):\n"
      "    if event: asyncio.get_running_loop()._selector.close()\n"
      "    await asyncio.sleep(0.001)\n    return 'served'\n");

  EXPECT_THAT(TextAwaited(Submit("x")), HasSubstr("\"ValueError\""));
  EXPECT_EQ(TextAwaited(Submit("")), "served");
}

TEST_F(ConcurrentAsyncTest, AChildForkedByACoroutineEndsWithoutAnAnswerAndRunsNobodyElses) {
  Define(
      "async def handler(event, context):\n"
      "    if event == b'other':\n"
      "        for _ in range(200):\n"
      "            print(os.getpid() == mine)\n            await asyncio.sleep(0)\n"
      "        return 'went on'\n"
      "    codes = []\n"
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
      "    return repr(codes)\n"
      "mine = os.getpid()\n");
  std::string codes;
  std::string other;

  const std::string output = OutputOf([&] {
    auto going_on = Submit("other");
    codes = TextAwaited(Submit("fork"));
    other = TextOf(Await(going_on));
  });

  EXPECT_EQ(codes, "[0, 1, 7, 1]");
  EXPECT_EQ(other, "went on");
  EXPECT_THAT(output, Not(HasSubstr("False")));
}

TEST_F(ConcurrentAsyncTest, WhatIsInFlightAtTheEndIsCancelledAndLetGo) {
  Define(
      "async def handler(event, context):\n"
      "    try: await asyncio.sleep(1000)\n"
      "    finally: sys.cancelled = True\n"
      "async def other(event, context): return 'x'\n");
  auto answer = Submit("");
  EXPECT_EQ(TextAwaited(Submit("", "other")), "x");  // The first one runs by now.

  python_.reset();

  EXPECT_EQ(TypeOf(Await(answer)), "Abandoned");
  RunPython("import sys; assert sys.cancelled; del sys.cancelled");
}

TEST_F(ConcurrentAsyncTest, ResultsThatDoNotSerializeAreErrors) {
  Define("async def handler(event, context): return {1}");

  EXPECT_THAT(TextAwaited(Submit("")), HasSubstr("is not JSON serializable"));
}

}  // namespace
}  // namespace openfc::python
