#include "tests/unit/lang/python/function_test.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <string_view>
#include <vector>

namespace openfc::python {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

constexpr const char* kStamp = "[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9][0-9][0-9]Z ";

/// What the process writes on stdout while `action` runs.
std::string OutputOf(const std::function<void()>& action) {
  ::testing::internal::CaptureStdout();
  action();
  return ::testing::internal::GetCapturedStdout();
}

class OutputTest : public FunctionTest {
 protected:
  /// What a handler of these statements writes on stdout.
  std::string Output(const std::string& statements, const std::string& preamble = "") {
    Write("index.py", "import logging, sys\n" + preamble + "\ndef handler(event, context):\n    " +
                          statements + "\n");
    return OutputOf([&] { Invoke(); });
  }
};

TEST_F(OutputTest, PrintedTextIsThereWhenTheReplyGoesOut) {
  EXPECT_EQ(Output("print('h\\u00e9', end='')"), "h\xc3\xa9");
}

TEST_F(OutputTest, SoIsWhatAStreamKeepsThatUserCodePutInItsPlace) {
  const std::string put =
      "real = sys.stdout\nsys.stdout = open(1, 'w', closefd=False)\n"
      "print('imported', end=' ')\n";

  EXPECT_EQ(Output("print('kept', end=''); real.write('real ')", put), "real imported kept");
  EXPECT_EQ(OutputOf([&] { Invoke(); }), "real kept");
  RunPython("import sys; sys.stdout = sys.__stdout__");
}

TEST_F(OutputTest, SoIsWhatAStreamKeepsOnceItDoesNotWriteThrough) {
  for (const char* name : {"stdout", "stderr"}) {
    const std::string stream = std::string("sys.") + name;
    ::testing::internal::CaptureStderr();
    std::string out = Output(stream + ".reconfigure(write_through=False, line_buffering=False); " +
                             stream + ".write('kept')");
    out += ::testing::internal::GetCapturedStderr();
    RunPython("import sys; " + stream + ".reconfigure(write_through=True)");

    EXPECT_EQ(out, "kept") << name;
  }
}

TEST_F(OutputTest, BytesThatAreNotUtf8PassThroughBothStreams) {
  ::testing::internal::CaptureStderr();

  const std::string out = Output("print('\\udcff'); print('\\udcfe', file=sys.stderr)");

  EXPECT_EQ(out, "\xff\n");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "\xfe\n");
}

TEST_F(OutputTest, TheRootLoggerWritesTimeIdAndLevel) {
  EXPECT_THAT(Output("logging.warning('a %s', 'b')"),
              MatchesRegex(std::string(kStamp) + "r-1 \\[WARNING\\] a b\n"));
}

TEST_F(OutputTest, RecordsOfTheImportCarryTheIdToo) {
  EXPECT_THAT(Output("pass", "logging.info('loading')"),
              MatchesRegex(std::string(kStamp) + "r-1 \\[INFO\\] loading\n"));
}

TEST_F(OutputTest, OtherLoggersReachTheRoot) {
  EXPECT_THAT(Output("logging.getLogger('a.b').error('x')"), EndsWith(" r-1 [ERROR] x\n"));
}

TEST_F(OutputTest, DebugIsOffUnlessTheLevelSaysSo) {
  EXPECT_THAT(Output("logging.debug('x')"), IsEmpty());
}

TEST_F(OutputTest, TheLevelIsTheOptionsAndAnUnknownOneIsInfo) {
  options_.log_level = "DEBUG";
  EXPECT_THAT(Output("logging.debug('x')"), EndsWith("[DEBUG] x\n"));
}

TEST_F(OutputTest, AnUnknownLevelIsInfo) {
  options_.log_level = "LOUD";
  EXPECT_THAT(Output("logging.debug('x'); logging.info('y')"), EndsWith("[INFO] y\n"));
}

TEST_F(OutputTest, AnExceptionIsLoggedWithItsTraceback) {
  EXPECT_THAT(Output("try: 1 / 0\n    except Exception: logging.exception('x')"),
              HasSubstr("[ERROR] x\nTraceback (most recent call last):\n  File \""));
}

TEST_F(OutputTest, BasicConfigChangesNothing) {
  EXPECT_THAT(Output("logging.basicConfig(format='%(name)s'); logging.info('x')"),
              EndsWith("r-1 [INFO] x\n"));
}

TEST_F(OutputTest, AForcedBasicConfigReplacesOurHandler) {
  EXPECT_EQ(Output("logging.basicConfig(format='%(name)s', stream=sys.stdout, force=True); "
                   "logging.warning('x')"),
            "root\n");
}

TEST_F(OutputTest, AHandlerOfTheUsersStandsBesideOurs) {
  EXPECT_THAT(Output("logging.info('x')",
                     "h = logging.StreamHandler(sys.stdout)\nlogging.getLogger().addHandler(h)"),
              EndsWith("r-1 [INFO] x\nx\n"));
}

TEST_F(OutputTest, AReplacedStdoutGetsTheRecords) {
  const std::string output = Output(
      "import io, contextlib\n"
      "    with contextlib.redirect_stdout(io.StringIO()) as text: logging.info('x')\n"
      "    print(len(text.getvalue().split()))");

  EXPECT_EQ(output, "4\n");
}

TEST_F(OutputTest, AFailedInvocationLogsItsErrorJson) {
  const std::string output = Output("raise ValueError('100%s')");

  EXPECT_THAT(output, MatchesRegex(std::string(kStamp) + "r-1 \\[ERROR\\] .*"));
  EXPECT_THAT(output, HasSubstr("[ERROR] {\n    \"errorMessage\": \"100%s\",\n"));
  EXPECT_THAT(output, EndsWith("\n}\n"));
}

TEST_F(OutputTest, AHandlerThatCannotBeLoadedIsLoggedAsOneLine) {
  EXPECT_THAT(OutputOf([&] { Invoke("absent.handler"); }),
              EndsWith("r-1 [ERROR] {'errorMessage': \"Unable to import module 'absent'\", "
                       "'errorType': 'ImportModuleError', 'stackTrace': "
                       "[\"ImportError: No module named 'absent'\"]}\n"));
}

TEST_F(OutputTest, ALogHandlerThatRaisesDoesNotTakeTheAnswer) {
  Write("index.py",
        "import logging\n"
        "class Bad(logging.Handler):\n    def emit(self, record): raise SystemExit\n"
        "def handler(event, context):\n"
        "    logging.getLogger().addHandler(Bad())\n    raise KeyError\n");

  EXPECT_EQ(TypeOf(Invoke()), "KeyError");
}

TEST_F(OutputTest, AClosedOrMissingStdoutDoesNotTakeTheAnswer) {
  Write("index.py",
        "import io, logging, sys\n"
        "closed = io.StringIO()\nclosed.close()\n"
        "def handler(event, context):\n"
        "    sys.stdout = closed if event == b'closed' else None\n"
        "    logging.raiseExceptions = False\n"
        "    raise KeyError\n");

  EXPECT_EQ(TypeOf(Invoke("index.handler", "closed")), "KeyError");
  EXPECT_EQ(TypeOf(Invoke("index.handler", "missing")), "KeyError");
  RunPython("import logging, sys; sys.stdout = sys.__stdout__; logging.raiseExceptions = True");
}

TEST_F(OutputTest, OnThePlatformARecordIsFramed) {
  options_.frame_logs = true;

  const std::string output = Output("print('p'); logging.info('a\\nb')");

  ASSERT_THAT(output, StartsWith("p\n\xed\xdb\xac\x9b"));
  const std::string record = output.substr(10);
  EXPECT_EQ(output.substr(6, 4), std::string({0, 0, 0, static_cast<char>(record.size())}));
  EXPECT_THAT(record, EndsWith("r-1 [INFO] a\nb\n"));
}

TEST_F(OutputTest, OnThePlatformAReplacedStdoutGetsPlainText) {
  options_.frame_logs = true;

  EXPECT_EQ(Output("import io, contextlib\n"
                   "    with contextlib.redirect_stdout(io.StringIO()) as text: logging.info('x')\n"
                   "    print(len(text.getvalue().split()))"),
            "4\n");
}

TEST_F(OutputTest, AFramedRecordIsCutAndKeepsItsNewline) {
  options_.frame_logs = true;

  const std::string output = Output("logging.info('x' * (200 << 10))");

  EXPECT_EQ(output.substr(0, 8), std::string("\xed\xdb\xac\x9b\0\2\0\0", 8));
  EXPECT_EQ(output.size(), 8U + (128 << 10));
  EXPECT_THAT(output, EndsWith("xx\n"));
}

/// The texts of the framed records that `output` is made of.
std::vector<std::string> FramedTexts(const std::string& output) {
  constexpr std::string_view kMagic = "\xed\xdb\xac\x9b";
  std::vector<std::string> texts;
  for (std::size_t at = 0; at != std::string::npos;) {
    const std::size_t next = output.find(kMagic, at + 1);
    EXPECT_EQ(output.substr(at, kMagic.size()), kMagic);
    texts.push_back(output.substr(at + 8, next == std::string::npos ? next : next - at - 8));
    at = next;
  }
  return texts;
}

TEST_F(OutputTest, AFramedRecordIsCutBetweenTwoCharacters) {
  options_.frame_logs = true;

  const auto texts = FramedTexts(
      Output("for shift in range(4): logging.info('x' * shift + '\\U0001f600' * (50 << 10))"));

  ASSERT_EQ(texts.size(), 4U);
  for (const std::string& text : texts) {
    EXPECT_TRUE(text.ends_with("\xf0\x9f\x98\x80\n"));
    EXPECT_LE(text.size(), 128U << 10);
    EXPECT_GT(text.size(), (128U << 10) - 4);
  }
}

TEST_F(OutputTest, AFramedRecordOfNoUtf8IsCutNevertheless) {
  options_.frame_logs = true;

  const auto texts = FramedTexts(Output("logging.info('\\udc80' * (200 << 10))"));

  EXPECT_EQ(texts.at(0).size(), 128U << 10);
}

TEST_F(OutputTest, AFramedJsonRecordThatIsCutIsOneObjectStill) {
  options_.frame_logs = true;
  options_.log_format = LogFormat::kJson;

  const auto texts =
      FramedTexts(Output("for text in 'x', '\\U0001f600', '\\n', '\\\\', '\\udcff': "
                         "logging.info(text * (200 << 10))"));

  ASSERT_EQ(texts.size(), 5U);
  for (const std::string& text : texts) {
    const auto record = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    EXPECT_TRUE(record.is_object() || text.find("\\udcff") != std::string::npos);
    EXPECT_LE(text.size(), 128U << 10);
    EXPECT_GT(text.size(), (128U << 10) - 12);
    EXPECT_TRUE(text.ends_with("\"}\n"));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
    EXPECT_FALSE(text.ends_with("\\ud83d\"}\n"));  // Half of a character.
  }
}

TEST_F(OutputTest, AFramedRecordIsCutAlsoInAFormOfTheFunctionsOwn) {
  options_.frame_logs = true;

  const auto texts = FramedTexts(
      Output("logging.getLogger().handlers[0].setFormatter(logging.Formatter('%(message)s')); "
             "logging.info('x' * (200 << 10))"));

  EXPECT_EQ(texts.at(0).size(), 128U << 10);
}

}  // namespace
}  // namespace openfc::python
