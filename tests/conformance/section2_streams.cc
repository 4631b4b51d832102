// Section 2, the standard streams: encodings, flushing, warnings.

#include "tests/conformance/row.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kEncodings =
    "' '.join('%s:%s' % (s.encoding, s.errors) for s in (sys.stdin, sys.stdout, sys.stderr))";

const std::string kChildEncoding =
    "import subprocess, sys\n"
    "CODE = 'import sys; print(sys.stdout.encoding, sys.stdout.errors)'\n"
    "child = subprocess.run([sys.executable, '-c', CODE], capture_output=True, text=True)\n";

Row Encodings(const std::string& rule, const Variables& variables) {
  Row row = Returning(rule, kEncodings,
                      Body("utf-8:surrogateescape utf-8:surrogateescape utf-8:surrogateescape"),
                      "import sys\n");
  row.environment = variables;
  return row;
}

/// The handler runs `write` and then waits at a gate: what it wrote must be out by then.
Row Flushes(const std::string& rule, const std::string& write) {
  const std::string code = "import os, sys\ndef handler(event, context):\n    " + write +
                           "\n    return open('gate').read()\n";
  return {.rule = rule, .files = Index(code), .play = [](Instance& instance) {
            const std::string gate = (instance.code() / "gate").string();
            ASSERT_EQ(::mkfifo(gate.c_str(), 0600), 0);
            const std::string id = instance.Offer();
            EXPECT_TRUE(instance.program().output().Await("written"));
            std::ofstream(gate) << "opened";
            const auto post = instance.platform().AwaitPostFor(id);
            ASSERT_TRUE(post);
            EXPECT_EQ(post->body, "opened");
          }};
}

/// `statement` runs in the handler; stdout is then exactly `text` between the usual lines.
Row Prints(const std::string& rule, const std::string& statement, const std::string& text,
           const Variables& variables = {}) {
  const std::string code =
      "import ctypes, os, sys\ndef handler(event, context):\n    " + statement + "\n";
  return {.rule = rule,
          .files = Index(code),
          .calls = {{.expected = Body("null")}},
          .environment = variables,
          .log = "FunctionCompute python3 runtime inited.\nFC Invoke Start RequestId: r-1\n" +
                 text + "FC Invoke End RequestId: r-1\n"};
}

/// `code` runs at import; stderr then has `text`, or has it not.
Row Warns(const std::string& rule, const std::string& code, bool warns) {
  return {.rule = rule,
          .files = Index("import warnings\n" + code + "def handler(event, context):\n    pass\n"),
          .calls = {{.expected = Body("null")}},
          .play = [warns](Instance& instance) {
            const std::string text = instance.program().output().joined();
            if (warns) {
              EXPECT_THAT(text, HasSubstr("careful"));
            } else {
              EXPECT_THAT(text, Not(HasSubstr("careful")));
            }
          }};
}

const std::vector<Row> kRows = {
    Encodings("ReadsAndWritesUtf8WithSurrogateescape", {}),
    Encodings("ReadsAndWritesUtf8InTheCLocale", {{"LC_ALL", "C"}}),
    Encodings("ReadsAndWritesUtf8InThePosixLocaleWithoutUtf8Mode",
              {{"LC_ALL", "POSIX"}, {"PYTHONUTF8", "0"}, {"PYTHONCOERCECLOCALE", "0"}}),
    Returning("NamesTheEncodingInTheEnvironment", "os.environ['PYTHONIOENCODING']",
              Body("utf-8:surrogateescape"), "import os\n"),
    Returning("GivesChildrenTheSameEncoding", "child.stdout", Body("utf-8 surrogateescape\n"),
              kChildEncoding),
    Returning("ReadsAnEmptyStdin", "sys.stdin.read()", Body(""), "import sys\n"),
    Prints("WritesBytesThatAreNotUtf8AsTheyAre",
           "print(b'\\xff\\xe9'.decode(errors='surrogateescape'))", "\xff\xe9\n"),
    Prints("WritesUnicode", "print('h\\u00e9llo \\U0001f600')", "h\u00e9llo \U0001f600\n"),
    Prints("WritesUnicodeInTheCLocale", "print('\\u4f60')", "\u4f60\n", {{"LC_ALL", "C"}}),

    Flushes("FlushesStdoutAtEachWrite", "sys.stdout.write('written')"),
    Flushes("FlushesStderrAtEachWrite", "sys.stderr.write('written')"),
    Flushes("FlushesAPrintWithoutANewline", "print('written', end='')"),
    Prints("KeepsTheOrderOfPrintAndOsWrite",
           "print('1', end=''); os.write(1, b'2'); print('3', end=''); os.write(1, b'4\\n')",
           "1234\n"),
    Prints("KeepsTheOrderOfPrintAndAChildsOutput",
           "print('1', end=''); os.system('echo 2'); print('3')", "12\n3\n"),

    Warns("IsSilentOnUserWarnings", "warnings.warn('careful')\n", false),
    Warns("IsSilentOnDeprecationWarnings", "warnings.warn('careful', DeprecationWarning)\n", false),
    Warns("IsSilentOnSyntaxWarnings", "assert (1, 'careful')\n", false),
    Warns("LetsUserCodeTurnWarningsOn",
          "warnings.simplefilter('always')\nwarnings.warn('careful')\n", true),
};

OPENFC_CONFORMANCE_ROWS(Section2Streams, kRows);

}  // namespace
}  // namespace openfc::testing
