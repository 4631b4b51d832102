#include "tests/unit/lang/python/function_test.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace openfc::python {
namespace {

using ::testing::HasSubstr;
using ::testing::Values;

constexpr const char* kHello = "def handler(event, context): return __name__\n";

class LoadingTest : public FunctionTest {
 protected:
  nlohmann::json Fail(const std::string& handler) {
    const Outcome outcome = Invoke(handler);
    EXPECT_TRUE(std::holds_alternative<Failure>(outcome)) << TextOf(outcome);
    return nlohmann::json::parse(TextOf(outcome), nullptr, /*allow_exceptions=*/false);
  }
};

struct Place {
  const char* file;
  const char* handler;
  const char* module;
};
std::ostream& operator<<(std::ostream& out, const Place& row) { return out << row.handler; }

class LoadingPlaceTest : public LoadingTest, public ::testing::WithParamInterface<Place> {};

TEST_P(LoadingPlaceTest, RunsTheModuleUnderItsOwnName) {
  Write(GetParam().file, kHello);

  EXPECT_EQ(TextOf(Invoke(GetParam().handler)), GetParam().module);
}

INSTANTIATE_TEST_SUITE_P(, LoadingPlaceTest,
                         Values(Place{"index.py", "index.handler", "index"},
                                Place{"pkg/__init__.py", "pkg.handler", "pkg"},
                                Place{"bare/mod.py", "bare.mod.handler", "bare.mod"},
                                Place{"a/b/mod.py", "a.b.mod.handler", "a.b.mod"},
                                Place{"dir/inner.py", "dir/inner.handler", "dir/inner"},
                                Place{"dir/pkg/mod.py", "dir/pkg.mod.handler", "dir/pkg.mod"},
                                Place{"my-file.py", "my-file.handler", "my-file"},
                                Place{"json.py", "json.handler", "json"}));

TEST_F(LoadingTest, APackageRunsBeforeItsModuleAndRelativeImportsWork) {
  Write("pkg/__init__.py", "order = ['pkg']\n");
  Write("pkg/other.py", "from . import order\norder.append('other')\n");
  Write("pkg/mod.py",
        "from .other import order\norder.append(__name__)\n"
        "import pkg\ndef handler(event, context): return ' '.join(order + [pkg.mod.__package__])");

  EXPECT_EQ(TextOf(Invoke("pkg.mod.handler")), "pkg other pkg.mod pkg");
}

TEST_F(LoadingTest, ModulesBesideItCanBeImported) {
  Write("helper.py", "word = 'helped'\n");
  Write("index.py", "import helper\ndef handler(event, context): return helper.word\n");

  EXPECT_EQ(TextOf(Invoke()), "helped");
}

TEST_F(LoadingTest, ModuleStateLivesAcrossInvocationsAndHandlers) {
  Write("index.py",
        "count = 0\n"
        "def handler(event, context):\n    global count\n    count += 1\n    return count\n"
        "def other(event, context): return 'other sees %d' % count\n");

  EXPECT_EQ(TextOf(Invoke()), "1");
  EXPECT_EQ(TextOf(Invoke()), "2");
  EXPECT_EQ(TextOf(Invoke("index.other")), "other sees 2");
}

TEST_F(LoadingTest, ALoadedHandlerIsKeptByItsString) {
  Write("index.py",
        "def handler(event, context):\n"
        "    globals()['handler'] = None\n"
        "    return 'first'\n");

  EXPECT_EQ(TextOf(Invoke()), "first");
  EXPECT_EQ(TextOf(Invoke()), "first");
}

TEST_F(LoadingTest, ADottedHandlerIsAnAttributeOfItsModuleAlone) {
  Write("index.py", "class K:\n    @staticmethod\n    def h(event, context): return 1\n");

  const auto failure = Fail("index.K.h");

  EXPECT_EQ(failure["errorMessage"], "Unable to import module 'index.K'");
  EXPECT_EQ(failure["stackTrace"], std::vector<std::string>{"ImportError: No module named 'K'"});
}

TEST_F(LoadingTest, NothingOfAModuleRunsWhenALaterSegmentIsMissing) {
  Write("index.py", "raise RuntimeError('ran')\n");

  EXPECT_EQ(Fail("index.K.h")["errorType"], "ImportModuleError");
}

TEST_F(LoadingTest, AFileNamedAsAModuleThatIsLoadedAlreadyIsRunAllTheSame) {
  Write("string.py", kHello);
  Write("logging.py", "raise ValueError('no')\n");

  EXPECT_EQ(TextOf(Invoke("string.handler")), "string");
  EXPECT_EQ(Fail("logging.handler")["errorType"], "InvalidHandleName");
  EXPECT_EQ(Answer("import logging\ndef handler(e, c): return logging.INFO"), "20");
}

TEST_F(LoadingTest, AFileNamedAsALibraryModuleDoesNotBreakTheRuntime) {
  Write("json.py", "raise SystemError('not json')\n");
  Write("traceback.py", "raise SystemError('not traceback')\n");

  EXPECT_EQ(Answer("def handler(e, c): return {}"), "{}");
}

TEST_F(LoadingTest, AFailedImportIsTriedAgain) {
  Write("index.py", "import helper\ndef handler(event, context): return helper.word\n");

  EXPECT_EQ(Fail("index.handler")["errorType"], "ImportModuleError");
  Write("helper.py", "word = 'came later'\n");

  EXPECT_EQ(TextOf(Invoke()), "came later");
}

TEST_F(LoadingTest, AHalfImportedModuleIsNotLeftBehind) {
  Write("index.py", "half = True\nraise RuntimeError('broken')\n");
  Write("look.py", "import sys\ndef handler(e, c): return 'index' in sys.modules\n");

  EXPECT_EQ(Fail("index.handler")["errorType"], "UserCodeError");

  EXPECT_EQ(TextOf(Invoke("look.handler")), "false");
}

struct Fault {
  const char* handler;
  const char* source;  // Of m.py.
  const char* type;
  const char* message;
  std::vector<std::string> stack;
};
std::ostream& operator<<(std::ostream& out, const Fault& row) {
  return out << row.handler << ": " << row.source;
}

class LoadingFaultTest : public LoadingTest, public ::testing::WithParamInterface<Fault> {};

TEST_P(LoadingFaultTest, IsAnsweredByTheTable) {
  const Fault& fault = GetParam();
  Write("m.py", fault.source);

  const auto failure = Fail(fault.handler);

  EXPECT_EQ(failure["errorType"], fault.type);
  EXPECT_EQ(failure["errorMessage"], fault.message);
  std::vector<std::string> expected = fault.stack;
  if (expected.size() > 2) expected[0] = "File \"" + (code_ / "m.py").string() + "\"";
  EXPECT_EQ(failure["stackTrace"], expected);
}

INSTANTIATE_TEST_SUITE_P(
    , LoadingFaultTest,
    Values(Fault{"nodot",
                 "",
                 "InvalidHandleName",
                 "Invalid handler 'nodot'",
                 {"ValueError: not enough values to unpack (expected 2", "got 1)"}},
           Fault{"",
                 "",
                 "InvalidHandleName",
                 "Invalid handler ''",
                 {"ValueError: not enough values to unpack (expected 2", "got 1)"}},
           Fault{"absent.f",
                 "",
                 "ImportModuleError",
                 "Unable to import module 'absent'",
                 {"ImportError: No module named 'absent'"}},
           Fault{".h",
                 "",
                 "ImportModuleError",
                 "Unable to import module ''",
                 {"ImportError: No module named ''"}},
           Fault{"m..x",
                 "",
                 "ImportModuleError",
                 "Unable to import module 'm.'",
                 {"ImportError: No module named ''"}},
           Fault{"../m.f",
                 "",
                 "ImportModuleError",
                 "Unable to import module '../m'",
                 {"ImportError: No module named ''"}},
           Fault{"os.getcwd",
                 "",
                 "ImportModuleError",
                 "Unable to import module 'os'",
                 {"ImportError: No module named 'os'"}},
           Fault{"m.f",
                 "import nothing_of_that_name",
                 "ImportModuleError",
                 "Unable to import module 'm'",
                 {"ModuleNotFoundError: No module named 'nothing_of_that_name'"}},
           Fault{"m.f",
                 "raise ValueError('a, b')",
                 "InvalidHandleName",
                 "Invalid handler 'm'",
                 {"ValueError: a", "b"}},
           Fault{"m.f",
                 "raise RuntimeError('text')",
                 "UserCodeError",
                 "Module initialization error: 'text'",
                 {"RuntimeError: text"}},
           Fault{"m.f",
                 "raise SystemExit(3)",
                 "UserCodeError",
                 "Module initialization error: '3'",
                 {"SystemExit: 3"}},
           Fault{"m.f",
                 "",
                 "HandlerNotFound",
                 "Handler 'f' is missing on module 'm'",
                 {"AttributeError: module 'm' has no attribute 'f'"}},
           Fault{"m.",
                 "",
                 "HandlerNotFound",
                 "Handler '' is missing on module 'm'",
                 {"AttributeError: module 'm' has no attribute ''"}},
           Fault{"m.f",
                 "def handler(e, c)\n",
                 "UserCodeSyntaxError",
                 "Syntax error in module 'm'",
                 {"", "line 1", "def handler(e, c)",
                  PY_VERSION_HEX >= 0x030A0000 ? "SyntaxError: expected ':'"
                                               : "SyntaxError: invalid syntax"}}));

TEST_F(LoadingTest, AHandlerThatIsNoFunctionIsATypeErrorWithoutAStack) {
  Write("index.py", "handler = 5\n");

  const auto failure = Fail("index.handler");

  EXPECT_EQ(failure["errorMessage"], "'int' object is not callable");
  EXPECT_EQ(failure["errorType"], "TypeError");
  EXPECT_FALSE(failure.contains("stackTrace"));
}

}  // namespace
}  // namespace openfc::python
