#include "tests/unit/lang/python/concurrent_test.h"

#include <gmock/gmock.h>

namespace openfc::python {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ConcurrentOutputTest : public ConcurrentTest {
 protected:
  /// What `count` invocations of these statements write, which all begin before one ends.
  std::string Output(const std::string& statements, std::size_t count = 1) {
    Write("index.py", "import os, subprocess, sys, threading\nbarrier = threading.Barrier(" +
                          std::to_string(count) +
                          ", timeout=30)\n"
                          "def handler(event, context):\n    barrier.wait()\n    " +
                          statements + "\n");
    return OutputOf([&] { answers_ = AnswerAll(std::vector<std::string>(count, "")); });
  }

  std::string Said(const std::string& expression) {
    Output("return str(" + expression + ")");
    return answers_.at(0);
  }

  std::vector<std::string> answers_;
};

TEST_F(ConcurrentOutputTest, LinesOfInvocationsAtOnceStayWhole) {
  const std::string output = Output(
      "for i in range(200):\n"
      "        for part in ('a', 'b', 'c'): print(part, end='')\n"
      "        print()",
      8);

  std::size_t lines = 0;
  for (std::size_t at = 0; at < output.size(); at += 4, ++lines) {
    ASSERT_EQ(output.substr(at, 4), "abc\n");
  }
  EXPECT_EQ(lines, 8U * 200);
}

TEST_F(ConcurrentOutputTest, ALineIsOutAsSoonAsItIsWhole) {
  EXPECT_EQ(Output("print('li', end=''); print('ne'); os.write(1, b'direct\\n')"),
            "line\ndirect\n");
}

TEST_F(ConcurrentOutputTest, ALineThatIsNotWholeWaitsEvenWhenItIsFlushed) {
  EXPECT_EQ(Output("print('rest', end='', flush=True); os.write(1, b'direct\\n')"), "direct\nrest");
}

TEST_F(ConcurrentOutputTest, TheRestIsWrittenBeforeTheAnswer) {
  class Sink final : public ReplySink {
   public:
    void Send(Outcome /*outcome*/) override { EXPECT_EQ(::write(1, "answer", 6), 6); }
    Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead /*head*/) override {
      return Error{ErrorCode::kInvalidArgument, "does not stream"};
    }
    void Abandon() override {}
  };
  Write("index.py", "def handler(event, context): print('rest', end='')\n");
  const auto python = MakeHandler();

  EXPECT_EQ(
      OutputOf([&] { python->Handle(MakeInvocation(0, ""), Reply(std::make_unique<Sink>())); }),
      "restanswer");
}

TEST_F(ConcurrentOutputTest, ThreadsOfAHandlerHaveLinesOfTheirOwnWhichEndWithThem) {
  const std::string output = Output(
      "print('mine', end='')\n"
      "    t = threading.Thread(target=print, args=('theirs',), kwargs={'end': ''})\n"
      "    t.start(); t.join()");

  EXPECT_EQ(output, "theirsmine");
}

TEST_F(ConcurrentOutputTest, SeveralLinesAtOnceAreOneWrite) {
  const std::string writes =
      "def count():\n"
      "        return int(open('/proc/self/io').read().split('syscw: ')[1].split()[0])\n"
      "    before = count(); print('a\\nb\\nc'); after = count()\n"
      "    return after - before";

  Output(writes);

  EXPECT_EQ(answers_.at(0), "2");  // `a` and `b` together, then `c` with its newline.
}

TEST_F(ConcurrentOutputTest, ALineOfAnyLengthComesThrough) {
  const std::string output = Output("sys.stdout.write('x' * (3 << 20)); print('y' * (3 << 20))");

  EXPECT_EQ(output, std::string(3U << 20U, 'x') + std::string(3U << 20U, 'y') + "\n");
}

TEST_F(ConcurrentOutputTest, BytesGoTheSameWay) {
  EXPECT_EQ(Output("sys.stdout.buffer.write(b'by'); print('tes'); "
                   "sys.stdout.buffer.write(b'\\xff\\n')"),
            "bytes\n\xff\n");
}

TEST_F(ConcurrentOutputTest, StandardErrorTheSame) {
  ::testing::internal::CaptureStderr();

  Output("print('er', end='', file=sys.stderr); print('ror', file=sys.stderr)", 2);

  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "error\nerror\n");
}

TEST_F(ConcurrentOutputTest, TheStreamIsATextStreamLikeAnyOther) {
  EXPECT_EQ(Said("(sys.stdout.encoding, sys.stdout.errors, sys.stdout.fileno(), "
                 "sys.stdout.isatty(), sys.stdout.mode, sys.stdout.closed, "
                 "sys.stdout.writable(), sys.stdout.readable(), sys.stdout.write_through, "
                 "sys.stdout.line_buffering, sys.stdout is sys.__stdout__)"),
            "('utf-8', 'surrogateescape', 1, False, 'w', False, True, False, True, False, "
            "True)");
}

TEST_F(ConcurrentOutputTest, TheStreamCanBeReconfigured) {
  EXPECT_EQ(Output("sys.stdout.reconfigure(encoding='latin-1', line_buffering=True)\n"
                   "    print('\\xe9')"),
            "\xe9\n");
}

TEST_F(ConcurrentOutputTest, ChildProcessesCanBeGivenTheStream) {
  EXPECT_EQ(Output("subprocess.run(['echo', 'child'], stdout=sys.stdout)"), "child\n");
}

TEST_F(ConcurrentOutputTest, FaulthandlerCanWriteToIt) {
  EXPECT_THAT(Output("import faulthandler; faulthandler.dump_traceback(sys.stdout)"),
              HasSubstr("Current thread 0x"));
}

TEST_F(ConcurrentOutputTest, AForkedChildWritesAtOnceAndNotWhatTheParentBegan) {
  const std::string output = Output(
      "print('parent', end='')\n"
      "    child = os.fork()\n"
      "    if child == 0:\n"
      "        print('child', end='')\n"
      "        os._exit(0)\n"
      "    os.waitpid(child, 0)");

  EXPECT_EQ(output, "childparent");
}

TEST_F(ConcurrentOutputTest, AClosedStreamTakesNoAnswer) {
  Output("sys.stdout.close()\n    return 'served'");

  EXPECT_THAT(answers_, ElementsAre("served"));
  RunPython("import sys; sys.stdout = sys.__stdout__ = open(1, 'w', closefd=False)");
}

TEST_F(ConcurrentOutputTest, AFullDiskIsTheFunctionsErrorAndTakesNoLaterAnswer) {
  Write("index.py",
        "import os, sys\n"
        "def handler(event, context):\n"
        "    keep, full = os.dup(1), os.open('/dev/full', os.O_WRONLY)\n"
        "    os.dup2(full, 1)\n"
        "    try: print('lost')\n"
        "    except OSError as error: return str(error.errno)\n"
        "    finally: os.dup2(keep, 1)\n");

  EXPECT_THAT(AnswerAll({""}), ElementsAre("28"));
}

}  // namespace
}  // namespace openfc::python
