#include "tests/unit/lang/python/function_test.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

namespace openfc::python {
namespace {

using ::testing::HasSubstr;

class ProcessTest : public FunctionTest {};

TEST_F(ProcessTest, AForkedChildThatReturnsEndsWithoutAnAnswer) {
  const std::string answer = Answer(
      "import os\n"
      "def handler(event, context):\n"
      "    child = os.fork()\n"
      "    if child == 0: return 'the child must not answer'\n"
      "    return os.waitpid(child, 0)[1]\n");

  EXPECT_EQ(answer, "0");
}

TEST_F(ProcessTest, AForkedChildThatExitsOrRaisesEndsAsUnderPlainPython) {
  const std::string answer = Answer(
      "import os, sys\n"
      "def end(how):\n"
      "    sys.stderr = open(os.devnull, 'w')\n"
      "    how()\n"
      "def handler(event, context):\n"
      "    codes = []\n"
      "    for how in (lambda: sys.exit(7), sys.exit, lambda: 1 / 0):\n"
      "        child = os.fork()\n"
      "        if child == 0: end(how); return\n"
      "        codes.append(os.waitpid(child, 0)[1] >> 8)\n"
      "    return repr(codes)\n");

  EXPECT_EQ(answer, "[7, 0, 1]");
}

TEST_F(ProcessTest, AForkedChildsOutputIsFlushed) {
  ::testing::internal::CaptureStdout();

  Answer(
      "import os, sys\n"
      "def handler(event, context):\n"
      "    child = os.fork()\n"
      "    if child == 0: return print('child', end='')\n"
      "    os.waitpid(child, 0)\n");

  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "child");
}

TEST_F(ProcessTest, NoFrameOfOursStandsBelowTheHandler) {
  EXPECT_EQ(Answer("import sys\n"
                   "def handler(event, context): return repr(sys._getframe().f_back)\n"),
            "None");
}

TEST_F(ProcessTest, TheHandlerRunsInTheMainThreadWhichIsTheOnlyOne) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer has a thread of its own";
#endif
  EXPECT_EQ(Answer("import os, signal, threading\n"
                   "def handler(event, context):\n"
                   "    signal.signal(signal.SIGUSR1, signal.SIG_IGN)\n"
                   "    return repr((threading.current_thread() is threading.main_thread(),\n"
                   "                 len(os.listdir('/proc/self/task'))))\n"),
            "(True, 1)");
}

TEST_F(ProcessTest, ThreadLocalStateLivesAcrossInvocations) {
  Write("index.py",
        "import threading\nlocal = threading.local()\n"
        "def handler(event, context):\n"
        "    local.n = getattr(local, 'n', 0) + 1\n    return local.n\n");

  EXPECT_EQ(TextOf(Invoke()), "1");
  EXPECT_EQ(TextOf(Invoke()), "2");
}

TEST_F(ProcessTest, ASignalThatCameBetweenInvocationsIsHandledAndFailsNeither) {
  Write("index.py",
        "import signal\nseen = []\n"
        "def note(*args):\n    seen.append(args[0])\n    raise RuntimeError('late')\n"
        "signal.signal(signal.SIGUSR2, note)\n"
        "def handler(event, context): return repr(seen)\n");
  EXPECT_EQ(TextOf(Invoke()), "[]");
  ::testing::internal::CaptureStderr();

  ::raise(SIGUSR2);
  const std::string answer = TextOf(Invoke());

  EXPECT_EQ(answer, "[" + std::to_string(SIGUSR2) + "]");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("RuntimeError: late"));
}

TEST_F(ProcessTest, OtherThreadsRunWhileAnInvocationIsPosted) {
  class Waiting final : public ReplySink {
   public:
    void Send(Outcome /*outcome*/) override {
      char byte = 0;
      EXPECT_EQ(::read(fd, &byte, 1), 1);  // Comes from a Python thread: the GIL is free.
    }
    Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead /*head*/) override {
      return Error{ErrorCode::kInvalidArgument, "does not stream"};
    }
    void Abandon() override {}
    int fd = -1;
  };
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  Write("index.py",
        "import os, threading, time\n"
        "def handler(event, context):\n"
        "    threading.Thread(target=os.write, args=(int(event), b'x')).start()\n");
  auto sink = std::make_unique<Waiting>();
  sink->fd = ends[0];
  Invocation invocation;
  invocation.function.handler = "index.handler";
  invocation.body = std::to_string(ends[1]);

  (*MakePythonHandler(options_))->Handle(std::move(invocation), Reply(std::move(sink)));

  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(ProcessTest, OurModulesCanBeLoadedAtOnce) {
  options_.load_own_modules = LoadOwnModules::kAtOnce;

  EXPECT_TRUE(MakePythonHandler(options_).has_value());
}

}  // namespace
}  // namespace openfc::python
