// Section 6, logs: the platform's lines, the root logger, frames.

#include "tests/conformance/oracle.h"
#include "tests/conformance/row.h"

#include <gmock/gmock.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace openfc::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kInited = "FunctionCompute python3 runtime inited.\n";
const std::string kStart = "FC Invoke Start RequestId: r-1\n";
const std::string kEnd = "FC Invoke End RequestId: r-1\n";
const std::string kErrorEnd = "FC Invoke End RequestId: r-1, Error: Unhandled function error\n";

std::string Log(const std::string& text) { return kInited + kStart + text + kEnd; }

/// `statements` are the handler's body.
Row Logs(const std::string& rule, const std::vector<std::string>& statements,
         const std::string& text, const Variables& variables = {}) {
  std::string code = "import logging, sys\ndef handler(event, context):\n";
  for (const std::string& each : statements) code += "    " + each + "\n";
  return {.rule = rule,
          .files = Index(code),
          .calls = {{.expected = Body("null")}},
          .environment = variables,
          .log = Log(text)};
}

/// Checks on the whole of stdout after one call of `code`.
Row Writes(const std::string& rule, const std::string& code,
           std::function<void(const std::string& log, const Request& post)> check) {
  return {.rule = rule, .files = Index(code), .play = [check](Instance& instance) {
            const auto post = instance.Invoke();
            ASSERT_TRUE(post);
            check(instance.Log(), *post);
          }};
}

/// After `statement` results and errors are still posted.
Row LivesOn(const std::string& rule, const std::string& statement) {
  const std::string code = "import logging, os, sys\ndef handler(event, context):\n    " +
                           statement + "\n    if event:\n        raise ValueError(1)\n";
  return {.rule = rule,
          .files = Index(code),
          .calls = {{.expected = Body("null")},
                    {.event = "x", .expected = PostedTo("error")},
                    {.event = "x", .expected = PostedTo("error")}}};
}

const std::string kRaise = "def handler(event, context):\n    raise ValueError('h\u00e9')\n";

void ExpectErrorJson(const std::string& log, const Request& post) {
  EXPECT_THAT(log, HasSubstr("{TIME} r-1 [ERROR] " + post.body + "\n"));
  EXPECT_THAT(log, StartsWith(kInited + kStart));
  EXPECT_THAT(log, HasSubstr(kErrorEnd));
}

void ExpectErrorDict(const std::string& log, const Request& post) {
  const std::string mark = "{TIME} r-1 [ERROR] ";
  const auto start = log.find(mark);
  ASSERT_NE(start, std::string::npos) << log;
  const auto end = log.find('\n', start);
  const std::string line = log.substr(start + mark.size(), end - start - mark.size());
  EXPECT_THAT(line, StartsWith("{'"));
  EXPECT_EQ(EvaluateInPython(line), post.body);
  EXPECT_THAT(log, HasSubstr(kErrorEnd));
}

/// The time of a record is UTC, whatever the zone of the process.
void ExpectUtc(Instance& instance) {
  ASSERT_TRUE(instance.Invoke());
  const std::string out = instance.program().output().out();
  const std::string record = out.substr(kInited.size() + kStart.size());
  std::tm fields{};
  ASSERT_NE(::strptime(record.c_str(), "%Y-%m-%dT%H:%M:%S", &fields), nullptr) << out;

  const double apart = std::difftime(::timegm(&fields), std::time(nullptr));

  constexpr double kHalfAnHour = 1800;  // Far from the nine hours of the zone.
  EXPECT_LT(std::abs(apart), kHalfAnHour);
}

void SaysOnceThatItIsInited(Instance& instance) {
  ASSERT_TRUE(instance.Invoke());
  ASSERT_TRUE(instance.Invoke());

  EXPECT_EQ(instance.Log(), kInited + kStart + kEnd +
                                "FC Invoke Start RequestId: r-2\nFC Invoke End RequestId: r-2\n");
}

void SaysThatItIsInitedBeforeAnyInvocation(Instance& instance) {
  ASSERT_TRUE(instance.platform().AwaitPolls(1));

  EXPECT_EQ(instance.Log(), kInited);
}

/// A descriptor for _FC_LOG_FD, and what was written to it.
class SystemLog {
 public:
  SystemLog() : file_(::memfd_create("system-log", MFD_CLOEXEC)) {}

  static constexpr int kNumber = 42;
  std::vector<std::pair<int, int>> descriptors() const { return {{file_.get(), kNumber}}; }
  Variables variables() const { return {{"_FC_LOG_FD", std::to_string(kNumber)}}; }

  std::string Read() const {
    std::string text(1U << 20U, '\0');
    const ssize_t length = ::pread(file_.get(), text.data(), text.size(), 0);
    text.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    return text;
  }

 private:
  UniqueFd file_;
};

/// The texts of the frames in `text`; what stands outside of them stays.
std::vector<std::string> TakeFrames(std::string& text) {
  std::vector<std::string> frames;
  const std::string mark = "\xed\xdb\xac\x9b";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    std::size_t length = 0;
    for (std::size_t i = 4; i < 8; ++i) {
      length = length << 8U | static_cast<unsigned char>(text.at(at + i));
    }
    frames.push_back(text.substr(at + 8, length));
    text.erase(at, 8 + length);
  }
  return frames;
}

/// Runs one call with _FC_LOG_FD set, then checks what stands outside of frames, and the frames.
Row Frames(
    const std::string& rule, const std::vector<std::string>& statements,
    std::function<void(const std::string& plain, const std::vector<std::string>& frames)> check) {
  std::string code = "import logging\ndef handler(event, context):\n";
  for (const std::string& each : statements) code += "    " + each + "\n";
  return {.rule = rule,
          .files = Index(code),
          .play =
              [check](Instance& instance) {
                const SystemLog system;
                instance.Start(system.variables(), system.descriptors());
                ASSERT_TRUE(instance.Invoke());
                std::string plain = instance.program().output().out();
                const auto frames = TakeFrames(plain);
                check(plain, frames);
              },
          .unstarted = true};
}

void ExpectOneFrame(const std::string& plain, const std::vector<std::string>& frames) {
  EXPECT_EQ(plain, Log("printed\n"));
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_THAT(frames[0], EndsWith(" r-1 [INFO] a\nb\n"));
  EXPECT_EQ(frames[0].size(), std::string("2026-01-02T03:04:05.678Z r-1 [INFO] a\nb\n").size());
}

void ExpectCutFrame(const std::string& plain, const std::vector<std::string>& frames) {
  constexpr std::size_t kMost = 128U * 1024;
  EXPECT_EQ(plain, Log(""));
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].size(), kMost);
  EXPECT_THAT(frames[0], EndsWith("xxx\n"));
}

/// Of characters of three bytes.
void ExpectCutWideFrame(const std::string& /*plain*/, const std::vector<std::string>& frames) {
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_LE(frames[0].size(), 128U * 1024);
  EXPECT_GT(frames[0].size(), 128U * 1024 - 3);
  EXPECT_THAT(frames[0], EndsWith("\xe2\x82\xac\n"));
}

void ExpectWholeFrame(const std::string& plain, const std::vector<std::string>& frames) {
  EXPECT_EQ(plain, Log(""));
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_THAT(frames[0], EndsWith("xxx!\n"));
}

/// What the runtime has to say of itself: a poll that failed.
void WritesASystemLogInFrames(Instance& instance) {
  const SystemLog system;
  instance.platform().AnswerNext(Respond(500));
  instance.Start(system.variables(), system.descriptors());
  ASSERT_TRUE(instance.Invoke());

  std::string text = system.Read();
  const auto frames = TakeFrames(text);

  EXPECT_EQ(text, "");
  ASSERT_FALSE(frames.empty());
  EXPECT_THAT(frames[0], EndsWith("\n"));
  EXPECT_THAT(instance.program().output().err(), Not(HasSubstr("next")));
}

Row FramesAnError() {
  Row row = Frames("FramesTheErrorOfAFailedInvocation", {"1 / 0"},
                   [](const std::string& plain, const std::vector<std::string>& frames) {
                     EXPECT_EQ(plain, kInited + kStart + kErrorEnd);
                     ASSERT_EQ(frames.size(), 1U);
                     EXPECT_THAT(frames[0], HasSubstr(" r-1 [ERROR] {\n"));
                   });
  return row;
}

const std::string kLong = "logging.info('x' * 200000)";
const std::string kLongAndWide = "logging.info('\\u20ac' * 200000)";
// The head of a record, `2026-01-02T03:04:05.678Z r-1 [INFO] `, has 36 bytes, "!\n" two.
const std::string kJustFits = "logging.info('x' * (128 * 1024 - 38) + '!')";

const std::vector<Row> kRows = {
    {.rule = "SaysOnceThatItIsInited",
     .files = Index("def handler(event, context):\n    pass\n"),
     .play = SaysOnceThatItIsInited},
    {.rule = "SaysThatItIsInitedBeforeAnyInvocation",
     .play = SaysThatItIsInitedBeforeAnyInvocation},
    Logs("WrapsTheOutputInStartAndEnd", {"print('hello')"}, "hello\n"),
    Logs("LetsOutputWithoutANewlineRunOn", {"print('hello', end='')"}, "hello"),
    {.rule = "ShowsTheOutputOfAnImportInsideItsInvocation",
     .files = Index("print('imported')\ndef handler(event, context):\n    print('called')\n"),
     .calls = {{.expected = Body("null")}},
     .log = Log("imported\ncalled\n")},
    Writes("EndsAFailedInvocationWithItsSuffix", kRaise,
           [](const std::string& log, const Request& /*post*/) {
             EXPECT_THAT(log, HasSubstr(kErrorEnd));
             EXPECT_THAT(log, Not(HasSubstr(kEnd)));
           }),
    Writes("EndsAFailedImportWithItsSuffix", "1 / 0\n",
           [](const std::string& log, const Request& /*post*/) {
             EXPECT_THAT(log, StartsWith(kInited + kStart));
             EXPECT_THAT(log, HasSubstr(kErrorEnd));
           }),
    Writes("EndsAResultThatDoesNotSerializeWithItsSuffix",
           "def handler(event, context):\n    return {1}\n",
           [](const std::string& log, const Request& /*post*/) {
             EXPECT_THAT(log, HasSubstr(kErrorEnd));
           }),
    Writes("LogsTheErrorOfAFailedInvocationAsItsJson", kRaise, ExpectErrorJson),
    Writes("LogsTheErrorOfARefusedResultAsItsJson",
           "def handler(event, context):\n    return {1}\n", ExpectErrorJson),
    Writes("LogsTheErrorOfAFailedImportAsADict", "raise RuntimeError('it\\'s \"h\u00e9\"')\n",
           ExpectErrorDict),
    Writes("LogsAMissingHandlerAsADict", "x = 1\n", ExpectErrorDict),

    Logs("WritesRecordsToStdout", {"logging.info('hello')"}, "{TIME} r-1 [INFO] hello\n"),
    Logs("WritesEachLevel", {"logging.warning('w')", "logging.error('e')", "logging.critical('c')"},
         "{TIME} r-1 [WARNING] w\n{TIME} r-1 [ERROR] e\n{TIME} r-1 [CRITICAL] c\n"),
    Logs("LeavesDebugOutByDefault", {"logging.debug('d')"}, ""),
    Logs("WritesDebugWhenTold", {"logging.debug('d')"}, "{TIME} r-1 [DEBUG] d\n",
         {{"FC_SERVER_LOG_LEVEL", "DEBUG"}}),
    Logs("LeavesInfoOutWhenTold", {"logging.info('i')", "logging.error('e')"},
         "{TIME} r-1 [ERROR] e\n", {{"FC_SERVER_LOG_LEVEL", "ERROR"}}),
    Logs("LetsUserCodeSetTheLevel", {"logging.getLogger().setLevel('DEBUG')", "logging.debug('d')"},
         "{TIME} r-1 [DEBUG] d\n"),
    Logs("WritesRecordsOfOtherLoggers", {"logging.getLogger('a.b').info('hello')"},
         "{TIME} r-1 [INFO] hello\n"),
    Logs("WritesRecordsOfTheContextsLogger", {"context.getLogger().info('hello')"},
         "{TIME} r-1 [INFO] hello\n"),
    Logs("FormatsArguments", {"logging.info('%s %d', 'a', 5)"}, "{TIME} r-1 [INFO] a 5\n"),
    Logs("WritesUnicodeRecords", {"logging.info('h\u00e9 \U0001f600')"},
         "{TIME} r-1 [INFO] h\u00e9 \U0001f600\n"),
    Logs("WritesRecordsOfSeveralLines", {"logging.info('a\\nb')"}, "{TIME} r-1 [INFO] a\nb\n"),
    Logs("KeepsTheOrderOfPrintsAndRecords", {"print(1)", "logging.info(2)", "print(3)"},
         "1\n{TIME} r-1 [INFO] 2\n3\n"),
    Logs("AddsTheTracebackOfAnException",
         {"try:", "    raise ValueError('x')", "except Exception:", "    logging.exception('bad')"},
         "{TIME} r-1 [ERROR] bad\nTraceback (most recent call last):\n"
         "  File \"{CODE}/index.py\", line 4, in handler\n    raise ValueError('x')\n"
         "ValueError: x\n"),
    Logs("LeavesBasicConfigWithoutEffect",
         {"logging.basicConfig(format='mine %(message)s', level=10)", "logging.info('hello')"},
         "{TIME} r-1 [INFO] hello\n"),
    {.rule = "WritesItsLinesWhateverBecomesOfSysStdout",
     .files = Index("import sys\ndef handler(event, context):\n    sys.stdout = None\n"),
     .calls = {{.expected = Body("null")}, {.expected = Body("null")}},
     .log = Log("") + "FC Invoke Start RequestId: r-2\nFC Invoke End RequestId: r-2\n"},
    LivesOn("LivesOnWhenStdoutIsClosed", "sys.stdout.close()"),
    LivesOn("LivesOnWhenItsDescriptorIsClosed", "os.close(1)"),
    LivesOn("LivesOnWhenTheLogHandlersAreGone", "logging.getLogger().handlers.clear()"),
    LivesOn("LivesOnWhenLoggingIsBroken", "logging.Logger.handle = logging.Handler.emit = None"),
    {.rule = "GivesEachRecordItsOwnRequestId",
     .files = Index("import logging\nlogging.info('import')\n"
                    "def handler(event, context):\n    logging.info('call')\n"),
     .calls = {{.expected = Body("null")}, {.expected = Body("null")}},
     .log = Log("{TIME} r-1 [INFO] import\n{TIME} r-1 [INFO] call\n") +
            "FC Invoke Start RequestId: r-2\n{TIME} r-2 [INFO] call\n"
            "FC Invoke End RequestId: r-2\n"},
    {.rule = "WritesTimesInUtc",
     .files = Index("import logging\ndef handler(event, context):\n    logging.info('x')\n"),
     .environment = {{"TZ", "JST-9"}},
     .play = ExpectUtc},

    Frames("FramesRecordsAndNothingElse", {"print('printed')", "logging.info('a\\nb')"},
           ExpectOneFrame),
    Frames("CutsARecordOver128KiBToThatSize", {kLong}, ExpectCutFrame),
    Frames("CutsARecordBetweenTwoCharacters", {kLongAndWide}, ExpectCutWideFrame),
    Frames("KeepsARecordOf128KiB", {kJustFits}, ExpectWholeFrame),
    FramesAnError(),
    {.rule = "WritesItsOwnLinesToTheSystemLogInFrames",
     .files = Index("def handler(event, context):\n    pass\n"),
     .play = WritesASystemLogInFrames,
     .unstarted = true},
    Logs("FramesNothingWithoutALogDescriptor", {"logging.info('x' * 200000)"},
         "{TIME} r-1 [INFO] " + std::string(200000, 'x') + "\n"),
};

OPENFC_CONFORMANCE_ROWS(Section6Logs, kRows);

}  // namespace
}  // namespace openfc::testing
