#include "tests/unit/lang/python/concurrent_test.h"

#include <gmock/gmock.h>

namespace openfc::python {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ConcurrentImportTest : public ConcurrentTest {};

const char* const kCount =
    "import sys, time\n"
    "sys.imports = getattr(sys, 'imports', 0) + 1\n"
    "time.sleep(0)\n"
    "def handler(event, context): return sys.imports\n";

TEST_F(ConcurrentImportTest, HandlersRunAtOnce) {
  Write("index.py",
        "import threading\nbarrier = threading.Barrier(8, timeout=30)\n"
        "def handler(event, context): return str(barrier.wait() < 8)\n");

  EXPECT_THAT(AnswerAll(std::vector<std::string>(8)), Each("True"));
}

TEST_F(ConcurrentImportTest, FirstInvocationsAtOnceImportTheModuleOnce) {
  RunPython("import sys; sys.imports = 0");
  Write("index.py", kCount);

  EXPECT_THAT(AnswerAll(std::vector<std::string>(8)), Each("1"));
}

TEST_F(ConcurrentImportTest, OneImportRunsAtATime) {
  RunPython("import sys; sys.inside, sys.most = 0, 0");
  for (const char* name : {"a.py", "b.py"}) {
    Write(name,
          "import sys, time\n"
          "sys.inside += 1\n"
          "sys.most = max(sys.most, sys.inside)\n"
          "time.sleep(0.01)\n"
          "sys.inside -= 1\n"
          "def handler(event, context): return sys.most\n");
  }
  const auto python = MakeHandler();

  const std::jthread first([&] { AnswerAll(*python, {"", ""}, "a.handler"); });
  AnswerAll(*python, {"", ""}, "b.handler");

  EXPECT_THAT(AnswerAll(*python, {""}, "b.handler"), ElementsAre("1"));
}

TEST_F(ConcurrentImportTest, AnImportStatementOfAnotherThreadSeesTheModuleWhole) {
  RunPython("import sys, threading; sys.begun, sys.go = threading.Event(), threading.Event()");
  Write("slow.py",
        "import sys\nsys.begun.set()\nsys.go.wait(30)\nwhole = True\n"
        "def handler(event, context): return 'slow'\n");
  const auto python = MakeHandler();

  std::vector<std::string> slow;
  std::jthread loading([&] { slow = AnswerAll(*python, {""}, "slow.handler"); });
  RunPython("sys.begun.wait(30)");
  RunPython("import threading; threading.Timer(0.01, sys.go.set).start()");
  RunPython("import slow; assert slow.whole");
  loading.join();

  EXPECT_THAT(slow, ElementsAre("slow"));
}

TEST_F(ConcurrentImportTest, AFailedImportIsTriedAgainByTheNext) {
  RunPython("import sys; sys.tries = 0");
  Write("index.py",
        "import sys\nsys.tries += 1\n"
        "if sys.tries < 4: raise RuntimeError('try %d' % sys.tries)\n"
        "def handler(event, context): return 'served'\n");
  const auto python = MakeHandler();

  EXPECT_THAT(AnswerAll(*python, {"", "", ""}), Each(HasSubstr("Module initialization error")));
  EXPECT_THAT(AnswerAll(*python, {""}), ElementsAre("served"));
}

TEST_F(ConcurrentImportTest, TheMainThreadIsNotAHandlers) {
  Write("index.py",
        "import threading\n"
        "def handler(event, context):\n"
        "    return str(threading.current_thread() is threading.main_thread())\n");

  EXPECT_THAT(AnswerAll({""}), ElementsAre("False"));
}

TEST_F(ConcurrentImportTest, AChildForkedInAHandlersThreadEndsWithoutAnAnswer) {
  Write("index.py",
        "import os, sys\n"
        "def handler(event, context):\n"
        "    codes = []\n"
        "    for how in ('return', 'exit', '_exit'):\n"
        "        child = os.fork()\n"
        "        if child == 0 and how == 'return': return\n"
        "        if child == 0 and how == 'exit': sys.exit(7)\n"
        "        if child == 0: os._exit(8)\n"
        "        codes.append(os.waitpid(child, 0)[1] >> 8)\n"
        "    return repr(codes)\n");

  EXPECT_THAT(AnswerAll({"", "", ""}), Each("[0, 7, 8]"));
}

}  // namespace
}  // namespace openfc::python
