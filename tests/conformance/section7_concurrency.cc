// Section 7 above one invocation at a time, with what sections 2, 4 and 6 say of it.

#include "tests/conformance/row.h"

#include <gmock/gmock.h>

#include <chrono>

namespace openfc::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kLimitOfInstance = 4;

/// Hands out an invocation per event at once, and checks the posts in that order.
Row AtOnce(const std::string& rule, const std::string& code, const std::vector<std::string>& events,
           const std::function<void(const std::vector<Request>&, Instance&)>& check) {
  return {.rule = rule,
          .files = Index("import asyncio, logging, os, sys, threading\n" + code),
          .environment = {{"FC_CONCURRENT_LIMIT", std::to_string(kLimitOfInstance)}},
          .play = [events, check](Instance& instance) {
            std::vector<std::string> ids;
            for (const std::string& event : events) ids.push_back(instance.Offer(event));
            std::vector<Request> posts;
            for (const std::string& id : ids) {
              auto post = instance.platform().AwaitPostFor(id);
              ASSERT_TRUE(post) << id << " was not answered:\n"
                                << instance.program().output().joined();
              posts.push_back(*std::move(post));
            }
            check(posts, instance);
          }};
}

/// Each event is answered by these bytes.
Row AnswersAtOnce(const std::string& rule, const std::string& code,
                  const std::vector<std::string>& events, const std::string& answer) {
  return AtOnce(rule, code, events, [answer](const std::vector<Request>& posts, Instance&) {
    for (const Request& post : posts) EXPECT_EQ(post.body, answer);
  });
}

const std::vector<std::string> kFour = {"a", "b", "c", "d"};

const std::string kBarrier = "barrier = threading.Barrier(4, timeout=30)\n";

const std::string kThreeParts =
    "    for i in range(100):\n"
    "        for part in ('a', 'b', 'c'):\n"
    "            print(part, end='')\n";

void ExpectWholeLines(const std::vector<Request>& /*posts*/, Instance& instance) {
  const std::string log = instance.Log();
  std::size_t lines = 0;
  for (auto at = log.find("abc\n"); at != std::string::npos; at = log.find("abc\n", at + 1)) {
    EXPECT_TRUE(at == 0 || log[at - 1] == '\n');
    ++lines;
  }
  EXPECT_EQ(lines, 400U) << log;
}

void ExpectIds(const std::vector<Request>& /*posts*/, Instance& instance) {
  EXPECT_THAT(instance.Log(), AllOf(HasSubstr(" r-1 [INFO] a\n"), HasSubstr(" r-2 [INFO] b\n"),
                                    HasSubstr(" r-3 [INFO] c\n"), HasSubstr(" r-4 [INFO] d\n")));
}

/// The second is answered while the first waits, over its deadline or not.
void AnswersTheSecondFirst(Instance& instance) {
  const std::string slow = instance.Offer("slow");
  const auto quick = instance.Invoke("quick");
  ASSERT_TRUE(quick);
  EXPECT_EQ(quick->body, "quick");
  ASSERT_TRUE(instance.platform().AwaitPostFor(slow));
}

void CancelsOneAlone(Instance& instance) {
  const auto soon = std::chrono::system_clock::now() + std::chrono::milliseconds(100);
  const auto deadline =
      std::chrono::duration_cast<std::chrono::milliseconds>(soon.time_since_epoch()).count();
  const std::string other = instance.Offer("other");
  const auto late = instance.Invoke("slow", {{"x-fc-function-deadline", std::to_string(deadline)}});
  ASSERT_TRUE(late);
  EXPECT_THAT(late->body, HasSubstr("\"FunctionTimeout\""));
  const auto post = instance.platform().AwaitPostFor(other);
  ASSERT_TRUE(post);
  EXPECT_EQ(post->body, "went on");
}

const std::vector<Row> kRows = {
    AnswersAtOnce("RunsAsManyAtOnceAsTheLimit",
                  kBarrier + "def handler(event, context):\n"
                             "    barrier.wait()\n    return 'together'\n",
                  kFour, "together"),
    AnswersAtOnce("RunsNoMoreAtOnceThanTheLimit",
                  kBarrier + "lock, inside, most = threading.Lock(), [0], [0]\n"
                             "def handler(event, context):\n"
                             "    with lock:\n"
                             "        inside[0] += 1\n        most[0] = max(most[0], inside[0])\n"
                             "    barrier.wait()\n"
                             "    with lock: inside[0] -= 1\n"
                             "    return most[0] <= 4\n",
                  {"a", "b", "c", "d", "e", "f", "g", "h"}, "true"),
    AnswersAtOnce("ImportsTheModuleOnce",
                  "sys.imports = getattr(sys, 'imports', 0) + 1\n" + kBarrier +
                      "def handler(event, context):\n"
                      "    barrier.wait()\n    return sys.imports\n",
                  kFour, "1"),
    AtOnce("WritesWholeLines",
           kBarrier + "def handler(event, context):\n    barrier.wait()\n" + kThreeParts +
               "        print()\n",
           kFour, ExpectWholeLines),
    AtOnce("WritesWholeLinesOfCoroutines",
           "async def handler(event, context):\n" + kThreeParts +
               "            await asyncio.sleep(0)\n        print()\n",
           kFour, ExpectWholeLines),
    AtOnce("GivesEachRecordItsId",
           kBarrier + "def handler(event, context):\n"
                      "    barrier.wait()\n    logging.info(event.decode())\n    barrier.wait()\n",
           kFour, ExpectIds),
    AtOnce("LetsTheContextsLoggerCarryItsIdFromAnyThread",
           kBarrier +
               "def handler(event, context):\n"
               "    barrier.wait()\n"
               "    t = threading.Thread(target=context.logger.info, args=(event.decode(),))\n"
               "    t.start(); t.join()\n    barrier.wait()\n",
           kFour, ExpectIds),
    AnswersAtOnce("EndsAChildForkedByAnyHandler",
                  kBarrier + "def handler(event, context):\n"
                             "    barrier.wait()\n"
                             "    child = os.fork()\n"
                             "    if child == 0: sys.exit(7)\n"
                             "    code = os.waitpid(child, 0)[1] >> 8\n"
                             "    barrier.wait()\n    return code\n",
                  kFour, "7"),
    AnswersAtOnce("HasManyCoroutinesInFlight",
                  "arrived = []\n"
                  "async def handler(event, context):\n"
                  "    arrived.append(event)\n"
                  "    while len(arrived) < 4: await asyncio.sleep(0.001)\n"
                  "    return 'together'\n",
                  kFour, "together"),
    {.rule = "PollsOnWhileAHandlerRuns",
     .files = Index("import threading\nquick = threading.Event()\n"
                    "def handler(event, context):\n"
                    "    if event == b'slow': quick.wait(30)\n"
                    "    else: quick.set()\n"
                    "    return event\n"),
     .environment = {{"FC_CONCURRENT_LIMIT", "2"}},
     .play = AnswersTheSecondFirst},
    {.rule = "CancelsACoroutineAloneAtItsDeadline",
     .files = Index("import asyncio\ncancelled = []\n"
                    "async def handler(event, context):\n"
                    "    if event == b'slow':\n"
                    "        try: await asyncio.sleep(1000)\n"
                    "        finally: cancelled.append(1)\n"
                    "    while not cancelled: await asyncio.sleep(0.001)\n"
                    "    return 'went on'\n"),
     .environment = {{"FC_CONCURRENT_LIMIT", "4"}},
     .play = CancelsOneAlone},
};

OPENFC_CONFORMANCE_ROWS(Section7Concurrency, kRows);

}  // namespace
}  // namespace openfc::testing
