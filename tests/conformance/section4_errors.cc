// Section 4, what a handler raises: the error document and its frames.

#include "tests/conformance/row.h"
#include "tests/fakes/programs.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace openfc::testing {
namespace {

constexpr std::size_t kMessageLimit = 256U * 1024;

/// index.py is `code`; plain Python's own words are expected.
Row Raises(const std::string& rule, const std::string& code) {
  return Defining(rule, code, RaisedAsInPython());
}

/// The handler is the one statement.
Row Does(const std::string& rule, const std::string& statement) {
  return Raises(rule, "import sys\ndef handler(event, context):\n    " + statement + "\n");
}

/// A handler that cannot be called with two arguments: no frame of it exists.
Row NotCallable(const std::string& rule, const std::string& definition,
                const std::string& message) {
  return Defining(rule, definition + "\n", Error("TypeError", message, Stack::Absent()));
}

Row LivesOn(const std::string& rule, const std::string& statement, const std::string& type,
            const std::string& message) {
  const std::string code = "import sys\ndef handler(event, context):\n    if event:\n        " +
                           statement + "\n    return 'alive'\n";
  return {.rule = rule,
          .files = Index(code),
          .calls = {{.event = "x",
                     .expected = Error(type, message, Frames({Frame(4, "handler", statement)}))},
                    {.expected = Body("alive")}}};
}

Row MessageOf(const std::string& rule, std::size_t length,
              std::function<void(const std::string& message)> check) {
  const std::string code =
      "def handler(event, context):\n    raise ValueError('x' * " + std::to_string(length) + ")\n";
  return Defining(rule, code, [check](const Request& post, const Instance& /*instance*/) {
    const auto document = nlohmann::json::parse(post.body, nullptr, /*allow_exceptions=*/false);
    ASSERT_TRUE(document.is_object());
    EXPECT_EQ(document.value("errorType", ""), "ValueError");
    check(document.value("errorMessage", ""));
  });
}

/// The check of undefined behaviour opens a pipe for each object whose type it looks at.
void FailsWithoutFrames(Instance& instance) {
  if (ProgramsHaveSanitizer("address")) GTEST_SKIP() << "this sanitizer opens pipes";
  const auto post = instance.Invoke();
  ASSERT_TRUE(post);
  Error("OSError", "text", Stack::Absent())(*post, instance);
}

void ExpectCut(const std::string& message) {
  EXPECT_TRUE(message.starts_with(std::string(kMessageLimit / 2, 'x')));
  EXPECT_LE(message.size(), kMessageLimit + 200);
  EXPECT_NE(message.find_first_not_of('x'), std::string::npos) << "no note";
}

const std::string kChain =
    "def outer():\n"
    "    middle()\n"
    "def middle():\n"
    "    inner()\n"
    "def inner():\n"
    "    raise ValueError('deep')\n"
    "def handler(event, context):\n"
    "    outer()\n";

const std::string kUnprintable =
    "class Bad(Exception):\n"
    "    def __str__(self):\n"
    "        raise ValueError('second')\n"
    "def handler(event, context):\n"
    "    raise Bad()\n";

const std::string kTwiceUnprintable =
    "class Worse(Exception):\n"
    "    def __str__(self):\n"
    "        raise Worse()\n"
    "class Bad(Exception):\n"
    "    def __str__(self):\n"
    "        raise Worse()\n"
    "def handler(event, context):\n"
    "    raise Bad()\n";

const std::string kNotText =
    "class Bad(Exception):\n"
    "    def __str__(self):\n"
    "        return 5\n"
    "def handler(event, context):\n"
    "    raise Bad()\n";

const std::vector<Row> kRows = {
    Defining(
        "ReportsTypeMessageAndFrames",
        "def handler(event, context):\n    raise ValueError('text')\n",
        Error("ValueError", "text", Frames({Frame(2, "handler", "raise ValueError('text')")}))),
    Defining("ReportsFramesFromTheHandlerDown", kChain,
             Error("ValueError", "deep",
                   Frames({Frame(8, "handler", "outer()"), Frame(2, "outer", "middle()"),
                           Frame(4, "middle", "inner()"),
                           Frame(6, "inner", "raise ValueError('deep')")}))),
    Raises("ReportsFramesAsPythonDoes", kChain),
    Does("ReportsAnErrorWithoutText", "raise RuntimeError"),
    Does("ReportsAKeyErrorInItsQuotes", "{}['k']"),
    Does("ReportsSeveralArguments", "raise OSError(2, 'No such file', 'name')"),
    Does("ReportsADivisionByZero", "1 / 0"),
    Does("ReportsAMessageOfSeveralLines", "raise ValueError('a\\nb, c')"),
    Does("ReportsAForeignMessage", "raise ValueError('h\u00e9 \U0001f600')"),
    Does("ReportsALoneSurrogate", "raise ValueError('\\ud800')"),
    Does("ReportsAZeroInAMessage", "raise ValueError('a\\0b\\x7f')"),
    Does("KeepsCommasOfTheSourceLine", "raise ValueError('a, b', 'c, d')"),
    Raises("NamesTheClassWithoutItsModule",
           "class Outer:\n    class Inner(Exception):\n        pass\n"
           "def handler(event, context):\n    raise Outer.Inner('x')\n"),
    Calling(
        "SplitsAFileNameAtItsCommas", "a,b.handler",
        {{"a,b.py", "def handler(event, context):\n    1 / 0\n"}},
        Error("ZeroDivisionError", "division by zero",
              Stack::Is(R"([["File \"{CODE}/a", "b.py\"", "line 2", "in handler", "1 / 0"]])"))),
    Calling("NamesTheFileOfAFolder", "dir/inner.handler",
            {{"dir/inner.py", "def handler(event, context):\n    1 / 0\n"}},
            Error("ZeroDivisionError", "division by zero",
                  Frames({Frame(2, "handler", "1 / 0", "dir/inner.py")}))),
    Calling("NamesTheFileOfAPackage", "pkg.mod.handler",
            {{"pkg/__init__.py", ""}, {"pkg/mod.py", "def handler(event, context):\n    1 / 0\n"}},
            Error("ZeroDivisionError", "division by zero",
                  Frames({Frame(2, "handler", "1 / 0", "pkg/mod.py")}))),
    Raises("ReportsTheFramesOfLibraries",
           "import json\ndef handler(event, context):\n    json.loads('{')\n"),
    Raises("ReportsTheFramesOfAnImportInTheHandler",
           "def handler(event, context):\n    import nothing_of_this_name\n"),
    Raises("ReportsASyntaxErrorOfTheHandler",
           "def handler(event, context):\n    compile('x = = 1', 'text', 'exec')\n"),
    Raises("ReportsFramesWithoutASource",
           "CODE = compile('def f():\\n    1 / 0\\n', 'made up, here', 'exec')\n"
           "exec(CODE)\ndef handler(event, context):\n    f()\n"),
    Raises("ReportsTheFirstLineOfALongStatement",
           "def handler(event, context):\n    return (\n        1\n        /\n        0\n    )\n"),
    Raises("ReportsTheFirstLineOfALongCall",
           "def fail(a, b):\n    raise ValueError(a)\n"
           "def handler(event, context):\n    fail(\n        'a',\n        b=1,\n    )\n"),
    Raises(
        "ReportsLambdasAndComprehensions",
        "f = lambda x: 1 / x\ndef handler(event, context):\n    return [f(x) for x in (1, 0)]\n"),
    Raises(
        "ReportsGenerators",
        "def g():\n    yield 1\n    1 / 0\ndef handler(event, context):\n    return list(g())\n"),
    Raises("ReportsMethods",
           "class A:\n    def f(self):\n        1 / 0\n"
           "def handler(event, context):\n    A().f()\n"),
    Raises("ReportsDecorators",
           "def twice(f):\n    def wrapper(*args):\n        return f(*args)\n    return wrapper\n"
           "@twice\ndef handler(event, context):\n    1 / 0\n"),
    Raises("LeavesTheCauseOut",
           "def handler(event, context):\n    try:\n        1 / 0\n"
           "    except ZeroDivisionError as e:\n        raise ValueError('second') from e\n"),
    Raises("LeavesTheContextOut",
           "def handler(event, context):\n    try:\n        1 / 0\n"
           "    except ZeroDivisionError:\n        {}['k']\n"),
    Raises("ReportsWhereAnErrorIsRaisedAgain",
           "def f():\n    1 / 0\ndef handler(event, context):\n    try:\n        f()\n"
           "    except Exception as e:\n        raise e\n"),
    Raises("ReportsAnExceptionGroup",
           "def handler(event, context):\n"
           "    group = getattr(__builtins__, 'ExceptionGroup', None) or "
           "(__builtins__['ExceptionGroup'] if isinstance(__builtins__, dict) and "
           "'ExceptionGroup' in __builtins__ else lambda m, e: ValueError(m))\n"
           "    raise group('several', [ValueError(1), KeyError(2)])\n"),
    Raises("FoldsARecursion",
           "def f(n):\n    return f(n + 1)\ndef handler(event, context):\n    return f(0)\n"),
    Raises("FoldsARecursionThatEnds",
           "def f(n):\n    if n == 0:\n        raise ValueError('bottom')\n    f(n - 1)\n"
           "def handler(event, context):\n    f(100)\n"),
    Raises("DoesNotFoldThreeEqualFrames",
           "def f(n):\n    if n == 0:\n        raise ValueError('bottom')\n    f(n - 1)\n"
           "def handler(event, context):\n    f(3)\n"),
    Raises("FoldsTheFourthEqualFrame",
           "def f(n):\n    if n == 0:\n        raise ValueError('bottom')\n    f(n - 1)\n"
           "def handler(event, context):\n    f(4)\n"),
    Raises("ReportsAHandlerThatRecursesIntoItself",
           "def handler(event, context):\n    return handler(event, context)\n"),
    Raises("ReportsADeepChain",
           "def f(n):\n    g(n)\ndef g(n):\n    if n == 0:\n        1 / 0\n    f(n - 1)\n"
           "def handler(event, context):\n    f(50)\n"),

    NotCallable("ReportsTooFewParameters", "def handler(event): pass",
                "handler() takes 1 positional argument but 2 were given"),
    NotCallable("ReportsTooManyParameters", "def handler(event, context, more): pass",
                "handler() missing 1 required positional argument: 'more'"),
    NotCallable("ReportsANumberForAHandler", "handler = 5", "'int' object is not callable"),
    NotCallable("ReportsNoneForAHandler", "handler = None", "'NoneType' object is not callable"),
    NotCallable("ReportsAModuleForAHandler", "import os as handler",
                "'module' object is not callable"),
    Defining("CallsAClass",
             "class handler(str):\n    def __new__(cls, event, context):\n"
             "        return super().__new__(cls, 'made')\n",
             Body("made")),
    Defining("CallsAnObject",
             "class H:\n    def __call__(self, event, context):\n        return 'called'\n"
             "handler = H()\n",
             Body("called")),
    Defining("CallsABoundMethod",
             "class H:\n    def f(self, event, context):\n        return 'called'\n"
             "handler = H().f\n",
             Body("called")),
    Defining("CallsAPartial",
             "import functools\ndef f(word, event, context):\n    return word\n"
             "handler = functools.partial(f, 'called')\n",
             Body("called")),
    Defining("CallsABuiltin", "handler = max\n",
             ErrorMatching("TypeError", "'>' not supported between instances of .*")),
    Returning("PassesTheEventAsBytes", "type(event).__name__", Body("bytes")),

    Defining(
        "ReportsTheSecondErrorWhenTheFirstCannotBeShown", kUnprintable,
        Error("ValueError", "second", Frames({Frame(3, "__str__", "raise ValueError('second')")}))),
    Defining("ReportsATextThatIsNone", kNotText,
             Error("TypeError", "__str__ returned non-string (type int)", Stack::Absent())),
    Defining("SaysWhichObjectCannotBeShownEither", kTwiceUnprintable,
             ErrorMatching("Worse", "<unprintable Worse object>")),
    MessageOf(
        "KeepsAMessageOf256KiB", kMessageLimit,
        [](const std::string& message) { EXPECT_EQ(message, std::string(kMessageLimit, 'x')); }),
    MessageOf("CutsALongerMessageWithANote", kMessageLimit + 1000, ExpectCut),
    MessageOf("CutsAMessageOfMegabytesWithANote", 8U << 20U, ExpectCut),

    LivesOn("AnswersSystemExitAndLivesOn", "sys.exit(3)", "SystemExit", "3"),
    LivesOn("AnswersSystemExitWithoutACode", "sys.exit()", "SystemExit", ""),
    LivesOn("AnswersTheExitBuiltin", "raise SystemExit('bye')", "SystemExit", "bye"),
    LivesOn("AnswersKeyboardInterruptAndLivesOn", "raise KeyboardInterrupt", "KeyboardInterrupt",
            ""),
    LivesOn("AnswersGeneratorExitAndLivesOn", "raise GeneratorExit('x')", "GeneratorExit", "x"),
    {.rule = "ReportsTheMessageWithoutItsFramesWhenNothingCanBeOpenedAnyMore",
     .files = Index("import os, resource\n"
                    "def handler(event, context):\n"
                    "    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))\n"
                    "    raise OSError('text')\n"),
     .play = FailsWithoutFrames},
    {.rule = "AnswersABaseExceptionOfTheUser",
     .files = Index("class Mine(BaseException):\n    pass\n"
                    "def handler(event, context):\n    raise Mine('text')\n"),
     .calls = {{.expected = RaisedAsInPython()}, {.expected = RaisedAsInPython()}}},
    {.rule = "LivesOnAfterARecursionError",
     .files = Index("def handler(event, context):\n"
                    "    return handler(event, context) if event else 'alive'\n"),
     .calls = {{.event = "x", .expected = PostedTo("error")}, {.expected = Body("alive")}}},
};

OPENFC_CONFORMANCE_ROWS(Section4Errors, kRows);

}  // namespace
}  // namespace openfc::testing
