// Section 7 and section 9: handlers that are coroutines, one invocation at a time.

#include "tests/conformance/row.h"

#include <gmock/gmock.h>

#include <chrono>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;

std::string SoonInUnixMilliseconds() {
  const auto now = std::chrono::system_clock::now() + std::chrono::milliseconds(100);
  return std::to_string(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
}

/// One that sleeps over its deadline is answered, and the next is served.
void TimesOutAlone(Instance& instance) {
  const auto late = instance.Invoke("slow", {{"x-fc-function-deadline", SoonInUnixMilliseconds()},
                                             {"x-fc-function-timeout", "3"}});
  ASSERT_TRUE(late);
  EXPECT_THAT(late->path, HasSubstr("/r-1/error"));
  EXPECT_THAT(late->body, HasSubstr("\"errorType\": \"FunctionTimeout\""));
  EXPECT_THAT(late->body, HasSubstr("Function timed out after 3 seconds"));
  EXPECT_THAT(late->body, HasSubstr("\"line 4\",\n            \"in handler\""));

  const auto next = instance.Invoke();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->body, "served");
}

const std::vector<Row> kRows = {
    Defining("AwaitsACoroutine",
             "import asyncio\n"
             "async def handler(event, context):\n"
             "    await asyncio.sleep(0)\n    return 'awaited'\n",
             Body("awaited")),
    {.rule = "KeepsItsLoopAcrossInvocations",
     .files = Index("import asyncio\nloops = set()\n"
                    "async def handler(event, context):\n"
                    "    loops.add(asyncio.get_running_loop())\n    return len(loops)\n"),
     .calls = {{.expected = Body("1")}, {.expected = Body("1")}}},
    {.rule = "ImportsAsyncioOnlyForACoroutine",
     .files = Index("import sys\n"
                    "def plain(event, context): return str('asyncio' in sys.modules)\n"
                    "async def handler(event, context): return str('asyncio' in sys.modules)\n"),
     .calls = {{.headers = {{"x-fc-function-handler", "index.plain"}}, .expected = Body("False")},
               {.expected = Body("True")}}},
    {.rule = "TakesNoFileOfTheFunctionsForAPartOfAsyncio",
     .files = {{"index.py", "async def handler(event, context): return 'awaited'\n"},
               {"selectors.py", "raise RuntimeError('not the library')\n"},
               {"ssl.py", "raise RuntimeError('not the library')\n"}},
     .calls = {{.expected = Body("awaited")}}},
    Defining("DescribesWhatACoroutineRaisesFromItsFrameDown",
             "async def inner():\n    raise KeyError('x')\n"
             "async def handler(event, context):\n    await inner()\n",
             Error("KeyError", "'x'",
                   Frames({Frame(4, "handler", "await inner()"),
                           Frame(2, "inner", "raise KeyError('x')")}))),
    {.rule = "AnswersACoroutineAtItsDeadlineAndServesTheNext",
     .files = Index("import asyncio\n"
                    "async def handler(event, context):\n"
                    "    if event:\n"
                    "        await asyncio.sleep(1000)\n    return 'served'\n"),
     .play = TimesOutAlone},
};

OPENFC_CONFORMANCE_ROWS(Section7Async, kRows);

}  // namespace
}  // namespace openfc::testing
