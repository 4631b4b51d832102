#include "lang/python/interpreter/interpreter.h"

#include "lang/python/interpreter/gil.h"

#include <Python.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>

namespace openfc::python {
namespace {

/// Each case starts an interpreter in a child of its own: a process has one in its life.
class InterpreterTest : public ::testing::Test {
 protected:
  /// What Python says on stderr to `code`, after `prepare` and a start with `options`.
  static void ExpectSays(
      const std::string& code, const std::string& said,
      const std::function<void()>& prepare = [] {},
      const InterpreterOptions& options = {.path_front = {}, .argv0 = "b"}) {
    EXPECT_EXIT(
        {
          prepare();
          auto interpreter = Interpreter::Start(options);
          if (!interpreter) std::fprintf(stderr, "%s\n", interpreter.error().message.c_str());
          if (interpreter) Run(code);
          if (interpreter) interpreter->reset();
          ::_exit(0);
        },
        ::testing::ExitedWithCode(0), said);
  }

  static void Run(const std::string& code) {
    const Gil gil;
    PyRun_SimpleString(("import sys\ndef say(*a): print(*a, file=sys.stderr)\n" + code).c_str());
  }
};

TEST_F(InterpreterTest, SaysItsVersion) { EXPECT_EQ(std::string(PY_VERSION).find(Version()), 0U); }

TEST_F(InterpreterTest, StreamsAreUtf8WithSurrogateescapeAndUnbuffered) {
  ExpectSays(
      "say([(s.encoding, s.errors) for s in (sys.stdin, sys.stdout, sys.stderr)])\n"
      "say(sys.stdout.write_through, type(sys.stdout.buffer).__name__)",
      "\\[\\('utf-8', 'surrogateescape'\\), \\('utf-8', 'surrogateescape'\\), "
      "\\('utf-8', 'surrogateescape'\\)\\]\nTrue FileIO");
}

TEST_F(InterpreterTest, ChildrenInheritTheEncoding) {
  ExpectSays("import os; say(os.environ['PYTHONIOENCODING'])", "utf-8:surrogateescape");
}

TEST_F(InterpreterTest, WarningsAreOff) {
  ExpectSays("import warnings; warnings.warn('x'); say(sys.warnoptions, 'then')",
             "^\\['ignore'\\] then\n$");
}

TEST_F(InterpreterTest, WarningsStayOffWhateverTheEnvironmentSays) {
  ExpectSays("import warnings; warnings.warn('x'); say('quiet')", "^quiet\n$",
             [] { ::setenv("PYTHONWARNINGS", "error", 1); });
}

TEST_F(InterpreterTest, ArgvHasOneEntryAndMainIsNotTheFunctions) {
  ExpectSays("say(sys.argv, __name__)", "\\['b'\\] __main__");
}

TEST_F(InterpreterTest, TheFrontOfThePathIsAsGiven) {
  ExpectSays("say(sys.path[:2], len(sys.path) > 3)", "\\['/one', '/two'\\] True", [] {},
             {.path_front = {"/one", "/two"}, .argv0 = "b"});
}

TEST_F(InterpreterTest, PythonPathIsHonouredBehindTheFront) {
  ExpectSays("say(sys.path[:2])", "\\['/one', '/mine'\\]",
             [] { ::setenv("PYTHONPATH", "/mine", 1); }, {.path_front = {"/one"}, .argv0 = "b"});
}

TEST_F(InterpreterTest, SitePackagesAreOnThePath) {
  ExpectSays("say(any(p.endswith('-packages') for p in sys.path), 'site' in sys.modules)",
             "True True");
}

TEST_F(InterpreterTest, TheExecutableIsAPythonOfTheSameVersionWithTheSamePrefix) {
  ExpectSays(
      "import subprocess\n"
      "code = 'import sys; print(sys.version, sys.prefix, sys.exec_prefix)'\n"
      "out = subprocess.check_output([sys.executable, '-c', code]).decode()\n"
      "say(out == '%s %s %s\\n' % (sys.version, sys.prefix, sys.exec_prefix))",
      "True");
}

TEST_F(InterpreterTest, MultiprocessingCanSpawn) {
  ExpectSays(
      "import multiprocessing as m, os\n"
      "with m.get_context('spawn').Pool(1) as pool: say(pool.apply(os.getpid) > 0)",
      "True");
}

TEST_F(InterpreterTest, CompiledExtensionModulesLoad) {
  ExpectSays("import _ctypes, math; say('loaded')", "loaded");
}

TEST_F(InterpreterTest, SignalsAreAsUnderPlainPython) {
  ExpectSays(
      "import signal\n"
      "say(signal.getsignal(signal.SIGINT) is signal.default_int_handler,\n"
      "    signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN,\n"
      "    signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)",
      "True True True");
}

TEST_F(InterpreterTest, AFailedStartIsAnErrorWithPythonsReason) {
  ExpectSays("", "Python [0-9.]+ cannot start: .*(codec|encodings|filesystem)",
             [] { ::setenv("PYTHONHOME", "/nowhere", 1); });
}

TEST_F(InterpreterTest, ASecondStartIsRefused) {
  ExpectSays("", "this process runs a Python interpreter already", [] {
    static const auto first = Interpreter::Start({.path_front = {}, .argv0 = "b"});
  });
}

TEST_F(InterpreterTest, TheEndJoinsThreadsThenRunsAtexit) {
  ExpectSays(
      "import atexit, threading\n"
      "gate = threading.Event()\n"
      "def work():\n    gate.wait()\n    say('thread')\n"
      "threading.Thread(target=work).start()\n"
      "atexit.register(lambda: say('atexit'))\n"
      "gate.set()",
      "thread\natexit\n");
}

TEST_F(InterpreterTest, TheEndDoesNotWaitForDaemonsAndSurvivesAtexitThatRaises) {
  ExpectSays(
      "import atexit, threading\n"
      "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
      "atexit.register(sys.exit, 3)\n"
      "atexit.register(lambda: 1 / 0)\n"
      "say('over')",
      "over\n");
}

TEST_F(InterpreterTest, ScopesOfTheGilNestAndReleaseIt) {
  ExpectSays("", "", [] {});
  EXPECT_EXIT(
      {
        const auto interpreter = Interpreter::Start({.path_front = {}, .argv0 = "b"});
        bool held = false;
        {
          const Gil outer;
          const Gil inner;
          held = PyGILState_Check() == 1;
        }
        ::_exit(held && PyGILState_Check() == 0 ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace openfc::python
