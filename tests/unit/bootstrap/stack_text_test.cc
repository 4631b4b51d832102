#include "bootstrap/rloader/stack_text.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <random>

namespace openfc::bootstrap {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

auto Frame(const std::string& file, const std::string& line, const std::string& function) {
  return std::vector<std::string>{"File \"" + file + "\"", line, function, ""};
}

// Python 3.8, asked; 3.9 and 3.10 write the same.
constexpr const char* kAsked =
    "Thread 0x00007f31a2ffd700 (most recent call first):\n"
    "  File \"/usr/lib/python3.8/threading.py\", line 302 in wait\n"
    "  File \"/code/index.py\", line 7 in worker\n"
    "\n"
    "Current thread 0x00007f31a9a5b740 (most recent call first):\n"
    "  File \"/code/index.py\", line 3 in inner\n"
    "  File \"/code/index.py\", line 9 in handler\n"
    "  File \"<openfc invoke.py>\", line 20 in call\n";

// Python 3.11, of a fault: with the modules that are not Python's own.
constexpr const char* kFault =
    "Fatal Python error: Segmentation fault\n"
    "\n"
    "Current thread 0x00007f31a9a5b740 (most recent call first):\n"
    "  File \"/usr/lib/python3.11/ctypes/__init__.py\", line 519 in string_at\n"
    "  File \"/code/index.py\", line 3 in handler\n"
    "\n"
    "Extension modules: numpy.core._multiarray_umath (total: 1)\n";

TEST(ParseStacksTest, ReadsEveryThread) {
  const StackDump dump = ParseStacks(kAsked);

  EXPECT_EQ(dump.fatal, "");
  ASSERT_THAT(dump.threads, SizeIs(2));
  EXPECT_THAT(dump.threads[0], AllOf(Field(&ThreadStack::thread, 0x7f31a2ffd700U),
                                     Field(&ThreadStack::is_current, false)));
  EXPECT_THAT(dump.threads[1], AllOf(Field(&ThreadStack::thread, 0x7f31a9a5b740U),
                                     Field(&ThreadStack::is_current, true)));
}

TEST(ParseStacksTest, PutsTheOutermostFirstAndLeavesOurOwnOut) {
  EXPECT_THAT(ParseStacks(kAsked).threads.at(1).frames,
              ElementsAre(Frame("/code/index.py", "line 9", "in handler"),
                          Frame("/code/index.py", "line 3", "in inner")));
}

TEST(ParseStacksTest, ReadsAFaultAndWhatComesAfterIt) {
  const StackDump dump = ParseStacks(kFault);

  EXPECT_EQ(dump.fatal, "Segmentation fault");
  ASSERT_THAT(dump.threads, SizeIs(1));
  EXPECT_THAT(dump.threads[0].frames, ElementsAre(Frame("/code/index.py", "line 3", "in handler"),
                                                  Frame("/usr/lib/python3.11/ctypes/__init__.py",
                                                        "line 519", "in string_at")));
}

TEST(ParseStacksTest, ReadsAFaultInTheGarbageCollector) {
  EXPECT_THAT(ParseStacks("Fatal Python error: Aborted\n\n"
                          "Current thread 0x0000000000000001 (most recent call first):\n"
                          "  Garbage-collecting\n"
                          "  File \"a.py\", line 1 in f\n")
                  .threads.at(0)
                  .frames,
              ElementsAre(Frame("a.py", "line 1", "in f")));
}

TEST(ParseStacksTest, KnowsAThreadWithoutPython) {
  const StackDump dump = ParseStacks(
      "Thread 0x0000000000000001 (most recent call first):\n  <no Python frame>\n\n"
      "Current thread 0x0000000000000002 (most recent call first):\n"
      "  File \"a.py\", line 1 in f\n");

  ASSERT_THAT(dump.threads, SizeIs(2));
  EXPECT_THAT(dump.threads[0].frames, IsEmpty());
  EXPECT_THAT(dump.threads[1].frames, SizeIs(1));
}

TEST(ParseStacksTest, EndsADeepStackWhereItWasCut) {
  EXPECT_THAT(ParseStacks("Current thread 0x1 (most recent call first):\n"
                          "  File \"a.py\", line 1 in f\n  ...\n"
                          "  File \"a.py\", line 2 in f\n")
                  .threads.at(0)
                  .frames,
              ElementsAre(Frame("a.py", "line 1", "in f")));
}

TEST(ParseStacksTest, ShowsAFrameAsPythonItselfDoes) {
  EXPECT_THAT(
      ParseStacks("Current thread 0x1 (most recent call first):\n"
                  "  File \"/code/a, b.py\", line ??? in <module>\n"
                  "  File \"/code/\\xe4 \", line 2.py\", line 3 in Ol\\xe9.f\n")
          .threads.at(0)
          .frames,
      ElementsAre(ElementsAre("File \"/code/\\xe4 \"", "line 2.py\"", "line 3", "in Ol\\xe9.f", ""),
                  ElementsAre("File \"/code/a", "b.py\"", "line ???", "in <module>", "")));
}

TEST(ParseStacksTest, CountsTheLastFaultOnly) {
  const StackDump dump = ParseStacks(std::string(kFault) +
                                     "Fatal Python error: Aborted\n\n"
                                     "Current thread 0x2 (most recent call first):\n"
                                     "  File \"b.py\", line 1 in g\n");

  EXPECT_EQ(dump.fatal, "Aborted");
  ASSERT_THAT(dump.threads, SizeIs(1));
  EXPECT_EQ(dump.threads[0].thread, 2U);
}

TEST(ParseStacksTest, LeavesALineWithoutAnEndOut) {
  const std::string text =
      "Current thread 0x1 (most recent call first):\n"
      "  File \"a.py\", line 1 in f\n  File \"a.py\", line 2 in g";

  EXPECT_THAT(ParseStacks(text).threads.at(0).frames, ElementsAre(Frame("a.py", "line 1", "in f")));
}

TEST(ParseStacksTest, TakesNothingElseForAThreadOrAFrame) {
  for (const std::string line :
       {"thread 0x1 (most recent call first):", "Thread 1 (most recent call first):",
        "Thread 0x (most recent call first):", "Thread 0x1 (most recent call last):",
        "Thread 0x11111111111111111 (most recent call first):", "Thread 0x1",
        " Thread 0x1 (most recent call first):"}) {
    EXPECT_THAT(ParseStacks(line + "\n").threads, IsEmpty()) << line;
  }
  for (const std::string line :
       {" File \"a\", line 1 in f", "  File a, line 1 in f", "  File \"a\", line 1",
        "  File \"a\", line x in f", "  File \"a\", line  in f", "  File \"a\", line 1 in ",
        "  File \"\x01\", line 1 in f", "  File \"\xc3\xa9\", line 1 in f"}) {
    const auto threads =
        ParseStacks("Thread 0x1 (most recent call first):\n" + line + "\n").threads;
    ASSERT_THAT(threads, SizeIs(1));
    EXPECT_THAT(threads[0].frames, IsEmpty()) << line;
  }
}

TEST(ParseStacksTest, BoundsWhatItTakes) {
  std::string deep = "Thread 0x1 (most recent call first):\n";
  for (int i = 0; i < 5000; ++i) deep += "  File \"a.py\", line 1 in f\n";
  std::string wide;
  for (int i = 0; i < 5000; ++i) wide += "Thread 0x1 (most recent call first):\n";

  EXPECT_THAT(ParseStacks(deep).threads.at(0).frames, SizeIs(200));
  EXPECT_THAT(ParseStacks(wide).threads, SizeIs(1000));
}

TEST(ParseStacksTest, SurvivesAnyBytes) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same noise each time.
  const std::string seed = std::string(kAsked) + kFault;
  for (int round = 0; round < 2000; ++round) {
    std::string text = seed;
    for (int i = 0; i < 20; ++i) text[random() % text.size()] = static_cast<char>(random());
    text.resize(random() % text.size());

    for (const ThreadStack& stack : ParseStacks(text).threads) {
      for (const auto& frame : stack.frames) ASSERT_GE(frame.size(), 3U);
    }
  }
}

TEST(BestStackTest, IsTheThreadsOwn) {
  EXPECT_THAT(BestStack(ParseStacks(kAsked), 0x7f31a2ffd700U), SizeIs(2));
  EXPECT_THAT(BestStack(ParseStacks(kAsked), 0x7f31a2ffd700U).at(0).at(2), "in worker");
}

TEST(BestStackTest, IsTheCurrentThreadsOtherwise) {
  EXPECT_THAT(BestStack(ParseStacks(kAsked), 77).at(0).at(2), "in handler");
  EXPECT_THAT(BestStack(ParseStacks(kAsked), 0).at(0).at(2), "in handler");
}

TEST(BestStackTest, IsTheMainThreadsWhenNoneIsCurrent) {
  const std::string text =
      "Thread 0x1 (most recent call first):\n  File \"a.py\", line 1 in f\n\n"
      "Thread 0x2 (most recent call first):\n  File \"a.py\", line 2 in g\n";

  EXPECT_THAT(BestStack(ParseStacks(text), 77), ElementsAre(Frame("a.py", "line 2", "in g")));
}

TEST(BestStackTest, PassesOverThreadsThatRunNoPython) {
  // An event loop's thread, between one that the loop kept for polling and the idle main thread.
  const std::string text =
      "Thread 0x3 (most recent call first):\n  <no Python frame>\n\n"
      "Thread 0x2 (most recent call first):\n  File \"a.py\", line 2 in busy\n\n"
      "Current thread 0x1 (most recent call first):\n  <no Python frame>\n";

  EXPECT_THAT(BestStack(ParseStacks(text), 3), ElementsAre(Frame("a.py", "line 2", "in busy")));
}

TEST(BestStackTest, IsEmptyWhenThereIsNone) {
  EXPECT_THAT(BestStack(ParseStacks(""), 1), IsEmpty());
}

TEST(IsDeathOfTest, ComparesTheWordsWithTheSignal) {
  for (const auto& [words, signal] :
       std::vector<std::pair<std::string, int>>{{"Segmentation fault", SIGSEGV},
                                                {"Aborted", SIGABRT},
                                                {"Bus error", SIGBUS},
                                                {"Illegal instruction", SIGILL},
                                                {"Floating point exception", SIGFPE},
                                                {"Floating-point exception", SIGFPE}}) {
    const StackDump dump{.fatal = words, .threads = {}};
    EXPECT_TRUE(IsDeathOf(dump, signal)) << words;
    EXPECT_FALSE(IsDeathOf(dump, SIGKILL)) << words;
    EXPECT_FALSE(IsDeathOf(dump, 0)) << words;
  }
  EXPECT_FALSE(IsDeathOf({}, SIGSEGV));
}

}  // namespace
}  // namespace openfc::bootstrap
