// Section 7, one invocation at a time: signal, fork, subprocess and multiprocessing behave as under
// plain python3, and a forked child never answers.

#include "tests/conformance/row.h"

namespace openfc::testing {
namespace {

const std::string kImports =
    "import concurrent.futures, functools, multiprocessing, os, signal, subprocess, sys, "
    "threading, time\n"
    "def square(n): return n * n\n"
    "def put(queue): queue.put(os.getpid())\n"
    "def greet(name): print('hello', name, flush=True)\n"
    "def fail(): sys.exit(3)\n";

/// The rows of this page call twice: what a handler leaves behind must not touch the next.
Row Running(const std::string& rule, const std::vector<std::string>& statements,
            const std::string& answer) {
  std::string code = kImports + "def handler(event, context):\n";
  for (const std::string& each : statements) code += "    " + each + "\n";
  return {.rule = rule,
          .files = Index(code),
          .calls = {{.expected = Body(answer)}, {.expected = Body(answer)}}};
}

/// For each of multiprocessing's ways to start a process. `{M}` stands for the context.
void AddForEachMethod(std::vector<Row>& rows, const std::string& rule,
                      const std::vector<std::string>& statements, const std::string& answer) {
  for (const auto& [name, method] : std::vector<std::pair<std::string, std::string>>{
           {"Fork", "fork"}, {"Spawn", "spawn"}, {"Forkserver", "forkserver"}}) {
    std::vector<std::string> own = {"M = multiprocessing.get_context('" + method + "')"};
    own.insert(own.end(), statements.begin(), statements.end());
    rows.push_back(Running(rule + "By" + name, own, answer));
  }
}

std::vector<Row> MultiprocessingRows() {
  std::vector<Row> rows;
  AddForEachMethod(rows, "MapsInAPool",
                   {"with M.Pool(2) as pool: return str(pool.map(square, range(5)))"},
                   "[0, 1, 4, 9, 16]");
  AddForEachMethod(
      rows, "RunsAProcessThatSendsAResult",
      {"queue = M.Queue()", "process = M.Process(target=put, args=(queue,))", "process.start()",
       "pid = queue.get()", "process.join()", "return str((pid == process.pid, process.exitcode))"},
      "(True, 0)");
  AddForEachMethod(rows, "SeesTheExitCodeOfAProcess",
                   {"process = M.Process(target=fail)", "process.start()", "process.join()",
                    "return process.exitcode"},
                   "3");
  AddForEachMethod(rows, "MapsInAProcessPoolExecutor",
                   {"with concurrent.futures.ProcessPoolExecutor(2, mp_context=M) as pool:",
                    "    return str(list(pool.map(square, range(5))))"},
                   "[0, 1, 4, 9, 16]");
  return rows;
}

/// A handler forks a child that runs `child`, and answers its exit code. The child must leave no
/// trace with the platform, and no line in the log.
Row Forking(const std::string& rule, const std::string& child, const std::string& code) {
  Row row =
      Running(rule,
              {"child = os.fork()", "if child == 0:", "    sys.stderr = open(os.devnull, 'w')",
               "    " + child, "return os.waitpid(child, 0)[1] >> 8"},
              code);
  row.play = [](Instance& instance) {
    ASSERT_TRUE(instance.platform().AwaitPolls(3));
    EXPECT_EQ(instance.platform().PostsFor("r-1").size(), 1U);
    EXPECT_EQ(instance.platform().PostsFor("r-2").size(), 1U);
    EXPECT_EQ(instance.platform().polls().size(), 3U);
    const std::string log = instance.Log();
    EXPECT_EQ(log.find("FC Invoke End RequestId: r-1"), log.rfind("FC Invoke End RequestId: r-1"));
  };
  return row;
}

const std::vector<Row> kForks = {
    Forking("EndsAForkedChildThatReturns", "return 'the child'", "0"),
    Forking("EndsAForkedChildThatRaises", "raise ValueError(1)", "1"),
    Forking("EndsAForkedChildThatExits", "sys.exit(7)", "7"),
    Forking("EndsAForkedChildThatExitsAtOnce", "os._exit(8)", "8"),
    Running(
        "LetsAForkedChildRunOn",
        {"read, write = os.pipe()", "child = os.fork()", "if child == 0:", "    time.sleep(0.01)",
         "    os.write(write, b'from the child')", "    os._exit(0)", "os.waitpid(child, 0)",
         "os.close(write)", "with open(read, 'rb') as pipe: return pipe.read()"},
        "from the child"),
    {.rule = "EndsAChildThatOutlivesItsInvocationWithoutAnAnswer",
     .files = Index(kImports + "gates = []\n"
                               "def handler(event, context):\n"
                               "    gate, ours = os.pipe()\n"
                               "    gates.append(ours)\n"
                               "    if os.fork() == 0:\n"
                               "        for each in gates: os.close(each)\n"
                               "        os.read(gate, 1)\n"
                               "        return 'the child'\n"
                               "    if event:\n"
                               "        for each in gates: os.close(each)\n"
                               "        return str([os.wait()[1], os.wait()[1]])\n"
                               "    return 'the parent'\n"),
     .calls = {{.expected = Body("the parent")}, {.event = "x", .expected = Body("[0, 0]")}},
     .play =
         [](Instance& instance) {
           EXPECT_EQ(instance.platform().PostsFor("r-1").size(), 1U);
           EXPECT_EQ(instance.platform().PostsFor("r-2").size(), 1U);
         }},
};

const std::vector<Row> kSignals = {
    Running("RunsAHandlerOfAnAlarmInTheMiddleOfAnInvocation",
            {"rung = []", "signal.signal(signal.SIGALRM, lambda *args: rung.append(1))",
             "signal.setitimer(signal.ITIMER_REAL, 0.01)", "while not rung: time.sleep(0.001)",
             "return 'rung'"},
            "rung"),
    Running("LetsAnAlarmInterruptASleep",
            {"class Alarm(Exception): pass", "def ring(*args): raise Alarm",
             "signal.signal(signal.SIGALRM, ring)", "signal.setitimer(signal.ITIMER_REAL, 0.01)",
             "try: time.sleep(1000)", "except Alarm: return 'interrupted'"},
            "interrupted"),
    Running("LetsASignalHandlerEndABlockingRead",
            {"def ring(*args): raise TimeoutError('late')", "signal.signal(signal.SIGALRM, ring)",
             "signal.setitimer(signal.ITIMER_REAL, 0.01)", "read, write = os.pipe()",
             "try: os.read(read, 1)", "except TimeoutError as error: return str(error)"},
            "late"),
    Running("RepeatsAnIntervalTimer",
            {"rung = []", "signal.signal(signal.SIGALRM, lambda *args: rung.append(1))",
             "signal.setitimer(signal.ITIMER_REAL, 0.005, 0.005)",
             "while len(rung) < 3: time.sleep(0.001)", "signal.setitimer(signal.ITIMER_REAL, 0)",
             "return 'thrice'"},
            "thrice"),
    Running(
        "TellsOfTheEndOfAChildBySigchld",
        {"seen = []", "signal.signal(signal.SIGCHLD, lambda *args: seen.append(1))",
         "child = os.fork()", "if child == 0: os._exit(5)", "while not seen: time.sleep(0.001)",
         "signal.signal(signal.SIGCHLD, signal.SIG_DFL)", "return os.waitpid(child, 0)[1] >> 8"},
        "5"),
    Running("LetsAHandlerOfSigtermBeTheFunctionsOwn",
            {"seen = []", "signal.signal(signal.SIGTERM, lambda *args: seen.append(1))",
             "os.kill(os.getpid(), signal.SIGTERM)", "while not seen: time.sleep(0.001)",
             "signal.signal(signal.SIGTERM, signal.SIG_DFL)", "return 'mine'"},
            "mine"),
    Running("WaitsForASignal",
            {"signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})",
             "os.kill(os.getpid(), signal.SIGUSR1)",
             "return str(signal.sigwait({signal.SIGUSR1}) == signal.SIGUSR1)"},
            "True"),
};

const std::vector<Row> kSubprocesses = {
    Running("TalksToASubprocess",
            {"child = subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)",
             "return child.communicate(b'through cat')[0]"},
            "through cat"),
    Running("TimesASubprocessOut",
            {"try: subprocess.run(['sleep', '1000'], timeout=0.02)",
             "except subprocess.TimeoutExpired: return 'timed out'"},
            "timed out"),
    Running("RunsAShellCommand", {"return os.system('exit 3') >> 8"}, "3"),
    Running("RunsAFunctionBeforeTheSubprocess",
            {"return subprocess.run('echo $MARK', shell=True, stdout=subprocess.PIPE,",
             "    preexec_fn=lambda: os.environ.clear(), env={'MARK': 'kept'}).stdout"},
            "kept\n"),
    Running("SharesItsOutputWithASubprocess",
            {"subprocess.run(['echo', 'from the child'], stdout=sys.stdout, check=True)"}, "null"),
    Running("RunsItsOwnPython",
            {"return subprocess.check_output([sys.executable, '-c', 'print(6 * 7)'])"}, "42\n"),
    {.rule = "LetsAThreadRunOnOverTheEndOfItsInvocation",
     .files = Index(kImports + "gate, done = threading.Event(), threading.Event()\n"
                               "def work():\n    gate.wait()\n    done.set()\n"
                               "def handler(event, context):\n"
                               "    if not event: return threading.Thread(target=work).start()\n"
                               "    gate.set()\n    return str(done.wait(30))\n"),
     .calls = {{.expected = Body("null")}, {.event = "x", .expected = Body("True")}}},
    {.rule = "HasNoOtherThread",
     .files = Index("import os, threading\n"
                    "def handler(event, context):\n"
                    "    main = threading.current_thread() is threading.main_thread()\n"
                    "    return str((main, len(os.listdir('/proc/self/task'))))\n"),
     .calls = {{.expected = Body("(True, 1)")}, {.expected = Body("(True, 1)")}}},
};

const std::vector<Row> kMultiprocessing = MultiprocessingRows();

OPENFC_CONFORMANCE_ROWS(Section7Multiprocessing, kMultiprocessing);
OPENFC_CONFORMANCE_ROWS(Section7Forks, kForks);
OPENFC_CONFORMANCE_ROWS(Section7Signals, kSignals);
OPENFC_CONFORMANCE_ROWS(Section7Subprocesses, kSubprocesses);

}  // namespace
}  // namespace openfc::testing
