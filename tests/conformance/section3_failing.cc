// Section 3, the table of what is wrong: handler strings, imports, attributes.

#include "tests/conformance/row.h"

#include <gmock/gmock.h>

namespace openfc::testing {
namespace {

Row NotAHandler(const std::string& rule, const std::string& handler) {
  return Calling(
      rule, handler, Index("def handler(event, context):\n    pass\n"),
      Error("InvalidHandleName", "Invalid handler '" + handler + "'",
            Stack::Is(R"x(["ValueError: not enough values to unpack (expected 2", "got 1)"])x")));
}

Row NoHandlerHeader() {
  return {.rule = "TakesAnAbsentHandlerForAnEmptyOne", .play = [](Instance& instance) {
            instance.platform().AnswerNext(Respond(200, "", {{"x-fc-request-id", "bare"}}));
            const auto post = instance.platform().AwaitPostFor("bare");
            ASSERT_TRUE(post);
            Error("InvalidHandleName", "Invalid handler ''", Stack::Any())(*post, instance);
          }};
}

Row Missing(const std::string& rule, const std::string& attribute, const std::string& stack) {
  return Calling(
      rule, "index." + attribute, Index("def other(event, context):\n    pass\n"),
      Error("HandlerNotFound", "Handler '" + attribute + "' is missing on module 'index'",
            Stack::Is(stack)));
}

/// index.py is `code`, and its import fails with the document that Python's own words make.
Row Unloaded(const std::string& rule, const std::string& code) {
  return Defining(rule, code, UnloadedAsInPython());
}

Row UnloadedBecauseOf(const std::string& rule, const std::string& other) {
  return Calling(
      rule, "index.handler",
      {{"index.py", "import other\ndef handler(event, context):\n    pass\n"}, {"other.py", other}},
      UnloadedAsInPython());
}

Expectation SyntaxFault(const std::string& type, const std::string& message,
                        const std::string& stack) {
  return Error(type, message, Stack::Is(stack));
}

/// After a failed import another function of the same instance works.
Row LivesOn(const std::string& rule, const std::string& code) {
  return {
      .rule = rule,
      .files = {{"index.py", code}, {"good.py", "def handler(event, context):\n    return 1\n"}},
      .calls = {{.expected = PostedTo("error")},
                {.headers = {{"x-fc-function-handler", "good.handler"}}, .expected = Body("1")}}};
}

const std::vector<Row> kRows = {
    NotAHandler("RefusesAHandlerWithoutADot", "nodot"),
    NotAHandler("RefusesAnEmptyHandler", ""),
    NotAHandler("RefusesASlashWithoutADot", "dir/inner"),
    NoHandlerHeader(),

    Missing("MissesAnAttribute", "f", R"(["AttributeError: module 'index' has no attribute 'f'"])"),
    Missing("MissesTheEmptyAttribute", "",
            R"(["AttributeError: module 'index' has no attribute ''"])"),
    Missing("SplitsTheStackOfAMissingAttributeAtCommas", "a, b",
            R"(["AttributeError: module 'index' has no attribute 'a", "b'"])"),
    Calling("NamesTheWholeModuleOfAMissingAttribute", "pkg.mod.f",
            {{"pkg/__init__.py", ""}, {"pkg/mod.py", ""}},
            Error("HandlerNotFound", "Handler 'f' is missing on module 'pkg.mod'",
                  Stack::Is(R"(["AttributeError: module 'pkg.mod' has no attribute 'f'"])"))),

    Defining("ReportsAnImportInsideAModule", "import nowhere\n",
             Error("ImportModuleError", "Unable to import module 'index'",
                   Stack::Is(R"(["ModuleNotFoundError: No module named 'nowhere'"])"))),
    Unloaded("ReportsANameThatCannotBeImported", "from os import nothing_of_this_name\n"),
    Unloaded("ReportsAnImportErrorOfItsOwn", "raise ImportError('no, not at all')\n"),
    UnloadedBecauseOf("ReportsAnImportInsideAnotherModule", "import nowhere\n"),

    Defining("ReportsASyntaxError", "def handler(e, c)\n    pass\n", UnloadedAsInPython()),
    Calling("ReportsASyntaxErrorInWords", "m.handler", {{"m.py", "x = = 1\n"}},
            SyntaxFault("UserCodeSyntaxError", "Syntax error in module 'm'",
                        R"(["File \"{CODE}/m.py\"", "line 1", "x = = 1",
                            "SyntaxError: invalid syntax"])")),
    Unloaded("ReportsWrongIndentation", "def handler(event, context):\npass\n"),
    Unloaded("ReportsMixedTabs", "if True:\n        a = 1\n\tb = 2\n"),
    Unloaded("ReportsAnUnclosedBracket", "x = (1,\n\ndef f():\n    pass\n"),
    Unloaded("ReportsASyntaxErrorWithCommas", "print(1, 2, 3 = 4)\n"),
    Unloaded("ReportsTextThatIsNotUtf8", "x = '\xff'\n"),
    Unloaded("ReportsAnUnknownCoding", "# coding: nothing-known\n"),
    Unloaded("ReportsAZeroByte", std::string("x = 1\0\n", 7)),
    UnloadedBecauseOf("ReportsASyntaxErrorInAnotherModule", "def f(:\n"),

    Defining("ReportsAValueErrorAsABadHandler", "raise ValueError('text')\n",
             Error("InvalidHandleName", "Invalid handler 'index'",
                   Stack::Is(R"(["ValueError: text"])"))),
    Unloaded("ReportsASubclassOfValueErrorLikeIt", "b'\\xff'.decode()\n"),

    Defining("ReportsAnyOtherError", "raise RuntimeError('text')\n",
             Error("UserCodeError", "Module initialization error: 'text'",
                   Stack::Is(R"(["RuntimeError: text"])"))),
    Defining("ReportsTheTextOfAKeyErrorInItsQuotes", "{}['k']\n",
             Error("UserCodeError", "Module initialization error: ''k''",
                   Stack::Is(R"(["KeyError: 'k'"])"))),
    Defining("SplitsTheStackOfAnImportAtCommas", "raise RuntimeError('a, b,c ,')\n",
             Error("UserCodeError", "Module initialization error: 'a, b,c ,'",
                   Stack::Is(R"(["RuntimeError: a", "b", "c", ""])"))),
    Defining("ReportsAnErrorWithoutText", "raise RuntimeError\n",
             Error("UserCodeError", "Module initialization error: ''",
                   Stack::Is(R"(["RuntimeError"])"))),
    Unloaded("NamesAnExceptionOfTheModuleInFull",
             "class Mine(Exception):\n    pass\nraise Mine('text')\n"),
    Unloaded("LeavesTheCauseOfAnImportFailureOut",
             "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n"
             "    raise RuntimeError('second') from e\n"),
    Unloaded("ReportsNotesAsPythonDoes",
             "e = RuntimeError('a, b')\ne.__notes__ = ['c, d']\nraise e\n"),
    Unloaded("ReportsAForeignText", "raise RuntimeError('h\u00e9 \U0001f600')\n"),
    UnloadedBecauseOf("ReportsAnErrorOfAnotherModule", "raise RuntimeError('other')\n"),

    Defining("ReportsSystemExitAtImport", "import sys\nsys.exit(3)\n",
             Error("UserCodeError", "Module initialization error: '3'",
                   Stack::Is(R"(["SystemExit: 3"])"))),
    Unloaded("ReportsKeyboardInterruptAtImport", "raise KeyboardInterrupt\n"),
    Unloaded("ReportsABaseExceptionAtImport",
             "class Mine(BaseException):\n    pass\nraise Mine('text')\n"),
    LivesOn("LivesOnAfterSystemExitAtImport", "import sys\nsys.exit(3)\n"),
    LivesOn("LivesOnAfterASyntaxError", "def f(:\n"),
    LivesOn("LivesOnAfterATextThatCannotBeShown",
            "class Mine(Exception):\n    def __str__(self):\n        raise ValueError('worse')\n"
            "raise Mine\n"),
    Calling("NamesTheWholeModuleOfAFailedImport", "pkg.mod.handler",
            {{"pkg/__init__.py", ""}, {"pkg/mod.py", "raise ValueError('text')\n"}},
            UnloadedAsInPython("pkg.mod")),
    Calling("NamesTheWholeModuleWhenItsPackageFails", "pkg.mod.handler",
            {{"pkg/__init__.py", "raise ValueError('text')\n"}, {"pkg/mod.py", ""}},
            Error("InvalidHandleName", "Invalid handler 'pkg.mod'",
                  Stack::Is(R"(["ValueError: text"])"))),
};

OPENFC_CONFORMANCE_ROWS(Section3Failing, kRows);

}  // namespace
}  // namespace openfc::testing
