// Runs by the real programs, in each profile: the verdict is honest, what was said is kept, and
// nothing is left.

#include "tests/integration/sandbox/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace openfc::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class VerdictTest : public ::testing::TestWithParam<Place> {
 protected:
  void SetUp() override {
    if (::getuid() != 0) GTEST_SKIP() << "becomes other users: needs root";
  }

  /// The outcome of one run; nothing is left of it.
  json Run(json request) {
    request["id"] = "it";
    auto end = RunBatchIn(folder_, GetParam(), {request});
    EXPECT_EQ(end.exit_code, 0) << end.errors;
    EXPECT_EQ(end.processes_left, 0U);
    EXPECT_THAT(end.files_left, IsEmpty());
    return end.outcomes["it"];
  }
  json RunPython(const std::string& code, json more = json::object()) {
    more["code"] = code;
    return Run(more);
  }

  OpenFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Profiles, VerdictTest, ::testing::ValuesIn(WalledPlaces()), NameOfPlace);

TEST_P(VerdictTest, HasTheExitCodeAndBothStreams) {
  const json outcome =
      RunPython("import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(3)");

  EXPECT_EQ(outcome["end"], "exited") << outcome;
  EXPECT_EQ(outcome["exit_code"], 3);
  EXPECT_EQ(outcome["output"], "out\n");
  EXPECT_EQ(outcome["errors"], "err\n");
  EXPECT_EQ(outcome["isolation"]["profile"], GetParam().profile);
  EXPECT_EQ(outcome["isolation"]["missing"], json::array());
}

TEST_P(VerdictTest, ShowsATracebackOfTheCodeAlone) {
  const json outcome = RunPython("def f():\n    return 1 / 0\nf()\n");

  EXPECT_EQ(outcome["exit_code"], 1);
  EXPECT_EQ(outcome["errors"],
            "Traceback (most recent call last):\n  File \"<string>\", line 3, in <module>\n"
            "  File \"<string>\", line 2, in f\nZeroDivisionError: division by zero\n");
}

TEST_P(VerdictTest, KeepsWhatWasSaidBeforeATimeout) {
  const json outcome =
      RunPython("print('before', end='')\nimport time\ntime.sleep(60)", {{"wall_ms", 300}});

  EXPECT_EQ(outcome["end"], "timed_out") << outcome;
  EXPECT_EQ(outcome["output"], "before");
  EXPECT_GE(outcome["wall_us"], 300'000);
}

TEST_P(VerdictTest, TellsProcessorTimeFromWallTime) {
  const json outcome = RunPython("while True: pass", {{"cpu_ms", 300}, {"wall_ms", 20'000}});

  EXPECT_EQ(outcome["end"], "cpu_timed_out") << outcome;
  EXPECT_GE(outcome["cpu_ms"], 300);
}

TEST_P(VerdictTest, HoldsTheProcessesOfACommandToTheirProcessorTime) {
  const json outcome = Run({{"command", {"sh", "-c", "sh -c 'while :; do :; done'; echo ended"}},
                            {"cpu_ms", 1000},
                            {"wall_ms", 20'000}});

  EXPECT_EQ(outcome["end"], "exited") << outcome;
  EXPECT_EQ(outcome["output"], "ended\n");
}

TEST_P(VerdictTest, TellsThatMemoryRanOut) {
  const json outcome = RunPython("print('begun')\nx = []\nwhile True: x.append(bytearray(1 << 20))",
                                 {{"memory_bytes", 96 << 20}});

  // Where no cgroup counts, Python may meet the limit first.
  EXPECT_TRUE(outcome["end"] == "out_of_memory" || outcome["exit_code"] == 1) << outcome;
  EXPECT_EQ(outcome["output"], "begun\n");
}

TEST_P(VerdictTest, TellsASignalThatIsItsOwn) {
  const json outcome = RunPython("import ctypes\nctypes.string_at(0)");

  EXPECT_EQ(outcome["end"], "signalled") << outcome;
  EXPECT_EQ(outcome["signal"], SIGSEGV);
}

TEST_P(VerdictTest, CutsOutputAndSaysSo) {
  const json outcome =
      Run({{"command", {"sh", "-c", "yes | head -c 10000000"}}, {"output_bytes", 1000}});

  EXPECT_EQ(outcome["end"], "exited") << outcome;
  EXPECT_EQ(outcome["output"].get<std::string>().size(), 1000U);
  EXPECT_EQ(outcome["output_truncated"], true);
  EXPECT_EQ(outcome["errors_truncated"], false);
}

TEST_P(VerdictTest, GivesACommandItsInputAndEnvironment) {
  const json outcome = Run({{"command", {"sh", "-c", "cat; echo $NAME; cd; pwd -P > f; cat f"}},
                            {"input", "in"},
                            {"environment", {"NAME=value"}}});

  EXPECT_EQ(outcome["exit_code"], 0) << outcome;
  EXPECT_THAT(outcome["output"].get<std::string>(), HasSubstr("invalue\n/"));
}

TEST_P(VerdictTest, SaysAsAShellDoesThatAProgramIsNotThere) {
  EXPECT_EQ(Run({{"command", {"no-such-program"}}})["exit_code"], 127);
  EXPECT_EQ(Run({{"command", {"/usr"}}})["exit_code"], 126);
}

TEST_P(VerdictTest, DoesNotWaitForWhoHoldsItsOutput) {
  const json outcome =
      Run({{"command", {"sh", "-c", "sleep 1000 & setsid sleep 1000 & echo done"}}});

  EXPECT_EQ(outcome["end"], "exited") << outcome;
  EXPECT_EQ(outcome["output"], "done\n");
}

TEST_P(VerdictTest, HoldsASnippetToOneProcess) {
  const json outcome = RunPython(
      "import os, subprocess, threading\n"
      "t = threading.Thread(target=lambda: print('thread')); t.start(); t.join()\n"
      "for attempt in (os.fork, lambda: subprocess.run(['true']), lambda: os.system('true') or "
      "1 / 0):\n"
      "    try: print('started', attempt())\n"
      "    except Exception as e: print(type(e).__name__)\n");

  EXPECT_THAT(outcome["output"].get<std::string>(), Not(HasSubstr("started 0"))) << outcome;
  EXPECT_THAT(outcome["output"].get<std::string>(),
              HasSubstr("thread\nPermissionError\nPermissionError\n"));
}

TEST_P(VerdictTest, LetsAProgramForkThatMay) {
  const json outcome = RunPython(
      "import subprocess, multiprocessing\n"
      "print(subprocess.check_output(['echo', 'x'], start_new_session=True))\n"
      "p = multiprocessing.Process(target=print, args=('child',)); p.start(); p.join()\n",
      {{"may_fork", true}});

  EXPECT_EQ(outcome["output"], "b'x\\n'\nchild\n") << outcome;
}

TEST_P(VerdictTest, LetsAProgramDoWithoutWhatAWatchDoesNotSee) {
  const json outcome = RunPython(
      "import ctypes, mmap, multiprocessing, os, shutil, socket, tempfile\n"
      "compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda a, b: 0)\n"
      "ctypes.CDLL(None).qsort((ctypes.c_int * 3)(3, 2, 1), 3, 4, compare)\n"
      "m = mmap.mmap(-1, 4096); m[0] = 1\n"
      "open('a', 'wb').write(bytes(3000000)); shutil.copy('a', 'b')\n"
      "assert os.path.getsize('b') == 3000000\n"
      "f = tempfile.TemporaryFile(dir='.'); f.write(bytes(3000000)); f.flush()\n"
      "mine, its = multiprocessing.Pipe()\n"
      "p = multiprocessing.Process(target=its.send, args=(bytes(300000),)); p.start()\n"
      "assert len(mine.recv()) == 300000; p.join()\n"
      "a, b = socket.socketpair(); a.sendall(b'x'); assert b.recv(9) == b'x'\n"
      "print('done')\n",
      {{"may_fork", true}});

  EXPECT_EQ(outcome["output"], "done\n") << outcome;
}

TEST_P(VerdictTest, EndsWhoHasTooMuchInFilesThatHaveLostTheirNames) {
  const json outcome = RunPython(
      "import os, time\nfiles = []\n"
      "for _ in range(64):\n"
      "    files.append(open('f', 'wb')); os.unlink('f')\n"
      "    files[-1].write(bytes(1 << 20)); files[-1].flush()\n"
      "time.sleep(100)",
      {{"disk_bytes", 32 << 20}, {"wall_ms", 60'000}});

  EXPECT_TRUE(outcome["end"] == "signalled" || outcome["exit_code"] == 1) << outcome;
}

TEST_P(VerdictTest, EndsWhoHasTooMuchInFilesInMemory) {
  const json outcome = RunPython(
      "import os, time\nfiles = []\n"
      "for _ in range(8):\n"
      "    files.append(os.memfd_create('x'))\n"
      "    for _ in range(10): os.write(files[-1], bytes(4 << 20))\n"
      "time.sleep(100)",
      {{"memory_bytes", 128 << 20}, {"wall_ms", 60'000}});

  EXPECT_TRUE(outcome["end"] == "out_of_memory" || outcome["exit_code"] == 1) << outcome;
}

TEST_P(VerdictTest, HasAtExitFunctionsRun) {
  EXPECT_EQ(RunPython("import atexit\natexit.register(print, 'end')\nprint('begin')")["output"],
            "begin\nend\n");
}

TEST_P(VerdictTest, LetsAHarnessReport) {
  const json outcome =
      Run({{"harness", "exec(code, {'x': harness_input})\nreport(b'result of ' + code.encode())"},
           {"harness_input", "in"},
           {"code", "print(x)"}});

  EXPECT_EQ(outcome["output"], "in\n") << outcome;
  EXPECT_EQ(outcome["result"], "result of print(x)");
}

TEST_P(VerdictTest, RunsNoHarnessThatSomebodySentOutsideTheWalls) {
  const std::string left = folder_.StateOf(GetParam().user) + "/left";
  const std::string harness = "try:\n    open('" + left +
                              "', 'w')\nexcept OSError:\n    pass\n"
                              "if __name__ == '__harness__':\n    report(b'walled')\n";
  std::vector<json> runs;
  for (const char* id : {"1", "2", "3", "4"}) runs.push_back({{"id", id}, {"harness", harness}});

  const auto end = RunBatchIn(folder_, GetParam(), runs, {"--runs=1"});

  EXPECT_EQ(end.outcomes.at("4")["result"], "walled") << end.errors;
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_P(VerdictTest, ShowsNoRunWhatAnotherDid) {
  const std::string poison =
      "import builtins, json, os, sys\n"
      "builtins.print = lambda *a: sys.stdout.write('poisoned')\njson.dumps = None\n"
      "os.environ['X'] = '1'\nopen('left', 'w').write('x')\nsys.path.append('/evil')\n";
  const std::string look =
      "import json, os, sys\n"
      "print(json.dumps(1), os.environ.get('X'), os.listdir('.'), '/evil' in sys.path)";

  // One at a time, in their order.
  auto end = RunBatchIn(folder_, GetParam(),
                        {{{"id", "poison"}, {"code", poison}}, {{"id", "look"}, {"code", look}}},
                        {"--runs=1"});

  EXPECT_EQ(end.outcomes["poison"]["exit_code"], 0) << end.outcomes["poison"];
  EXPECT_EQ(end.outcomes["look"]["output"], "1 None [] False\n") << end.outcomes["look"];
}

TEST_P(VerdictTest, FindsNoProcessBesideItself) {
  const char* const kOthers =
      "import os\n"
      "own = (1, os.getpid(), os.getppid())\n"
      "try:\n"
      "    seen = [int(name) for name in os.listdir('/proc') if name.isdigit()]\n"
      "except OSError:\n"
      "    seen = []\n"
      "print([pid for pid in seen if pid not in own])\n";
  const OpenFolder other;
  const auto ends = RunBatchIn(other, GetParam(),
                               {{{"id", "python"}, {"code", kOthers}},
                                {{"id", "command"}, {"command", {"python3", "-c", kOthers}}},
                                {{"id", "again"}, {"code", kOthers}}},
                               {"--runs=1"});

  for (const char* run : {"python", "command", "again"}) {
    EXPECT_EQ(ends.outcomes.at(run)["output"], "[]\n") << run;
  }
}

TEST_P(VerdictTest, RunsManyAtOnce) {
  std::vector<json> runs;
  for (int i = 0; i < 40; ++i) {
    runs.push_back({{"id", std::to_string(i)}, {"code", "print(" + std::to_string(i) + ")"}});
  }

  auto end = RunBatchIn(folder_, GetParam(), runs, {"--runs=16"});

  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(end.outcomes[std::to_string(i)]["output"], std::to_string(i) + "\n")
        << end.outcomes[std::to_string(i)];
  }
  EXPECT_THAT(end.files_left, IsEmpty());
}

}  // namespace
}  // namespace openfc::testing
