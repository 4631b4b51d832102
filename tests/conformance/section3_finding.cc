// Section 3, finding the handler: which file and which attribute a handler string names.

#include "tests/conformance/row.h"

#include <gmock/gmock.h>

namespace openfc::testing {
namespace {

/// Answers the name of the module that it stands in.
const std::string kSaysItsName = "def handler(event, context):\n    return __name__\n";

/// `handler` finds kSaysItsName in `file`, and there the module's name is `name`.
Row Finds(const std::string& rule, const std::string& handler, Files others,
          const std::string& file, const std::string& name) {
  others[file] = kSaysItsName;
  return Calling(rule, handler, std::move(others), Body(name));
}

Expectation Missing(const std::string& module, const std::string& segment) {
  return Error("ImportModuleError", "Unable to import module '" + module + "'",
               Stack::Is(R"(["ImportError: No module named ')" + segment + R"('"])"));
}

/// A row of several calls of different handler strings.
Row CallingInTurn(const std::string& rule, Files files,
                  const std::vector<std::pair<std::string, Expectation>>& turns) {
  Row row{.rule = rule, .files = std::move(files)};
  for (const auto& [handler, expected] : turns) {
    row.calls.push_back({.headers = {{"x-fc-function-handler", handler}}, .expected = expected});
  }
  return row;
}

const std::string kCounter =
    "count = 0\n"
    "def handler(event, context):\n"
    "    global count\n"
    "    count += 1\n"
    "    return count\n";

const std::string kReplacesItself =
    "def handler(event, context):\n"
    "    globals()['handler'] = None\n"
    "    return 'first'\n";

const std::string kKnows =
    "import sys\n"
    "def handler(event, context):\n"
    "    return event.decode() in sys.modules\n";

const std::string kBreaks = "import sys\nsys.tried = getattr(sys, 'tried', 0) + 1\n1 / 0\n";

/// A module of ours, or one that ours use, under a name that the function takes for itself.
Row LeavesTheNameToTheUser(const std::string& rule, const std::string& name) {
  const std::string code =
      "def handler(event, context):\n    if event:\n        raise ValueError(1)\n"
      "    return {'name': __name__}\n";
  Row row = Calling(rule, name + ".handler", {{name + ".py", code}},
                    Body("{\n    \"name\": \"" + name + "\"\n}"));
  row.calls.push_back(
      {.event = "raise",
       .headers = row.calls[0].headers,
       .expected = Error("ValueError", "1",
                         Frames({Frame(3, "handler", "raise ValueError(1)", name + ".py")}))});
  return row;
}

Row WorksInAFolderOfAnyName() {
  Row row = Calling("WorksInAFolderOfAnyName", "index.handler",
                    {{"d\u00f6 r, x/index.py",
                      "import os\ndef handler(event, context):\n"
                      "    return os.getcwd() + __file__\n"}},
                    Body("{CODE}/d\u00f6 r, x{CODE}/d\u00f6 r, x/index.py"));
  row.environment = {{"FC_FUNC_CODE_PATH", "{CODE}/d\u00f6 r, x"}};
  return row;
}

Row CachesAHandler() {
  return {.rule = "LoadsAHandlerOnce",
          .files = Index(kCounter),
          .calls = {{.expected = Body("1")}},
          .play = [](Instance& instance) {
            std::filesystem::remove_all(instance.code() / "index.py");
            std::filesystem::remove_all(instance.code() / "__pycache__");
            const auto post = instance.Invoke();
            ASSERT_TRUE(post);
            EXPECT_EQ(post->body, "2");
          }};
}

Row TriesAgain() {
  return {.rule = "TriesAFailedImportAgain",
          .files = Index("raise RuntimeError('not yet')\n"),
          .calls = {{.expected = UnloadedAsInPython()}, {.expected = UnloadedAsInPython()}},
          .play = [](Instance& instance) {
            instance.WriteFile("index.py", "def handler(event, context):\n    return 'now'\n");
            const auto post = instance.Invoke();
            ASSERT_TRUE(post);
            EXPECT_EQ(post->body, "now");
          }};
}

Row FindsAFileThatComesLater() {
  return {.rule = "FindsAFileThatComesLater",
          .calls = {{.expected = Missing("index", "index")}},
          .play = [](Instance& instance) {
            instance.WriteFile("index.py", "def handler(event, context):\n    return 'now'\n");
            const auto post = instance.Invoke();
            ASSERT_TRUE(post);
            EXPECT_EQ(post->body, "now");
          }};
}

Row ForgetsAHalfImportedModule(const std::string& rule, const std::string& file,
                               const std::string& module, Files others = {}) {
  others[file] = kBreaks;
  others["index.py"] = kKnows;
  Row row = Calling(rule, module + ".handler", std::move(others), PostedTo("error"));
  row.calls.push_back({.event = module, .expected = Body("false")});
  return row;
}

const std::vector<Row> kRows = {
    Finds("FindsAFileAndItsAttribute", "index.handler", {}, "index.py", "index"),
    Finds("FindsAModuleOfAnyName", "other.handler", {{"index.py", ""}}, "other.py", "other"),
    Finds("SplitsAtTheLastDot", "pkg.mod.handler", {{"pkg/__init__.py", ""}}, "pkg/mod.py",
          "pkg.mod"),
    Finds("FindsNestedPackages", "pkg.sub.mod.handler",
          {{"pkg/__init__.py", ""}, {"pkg/sub/__init__.py", ""}}, "pkg/sub/mod.py", "pkg.sub.mod"),
    Finds("FindsAPackageItself", "pkg.handler", {}, "pkg/__init__.py", "pkg"),
    Finds("TakesSlashesForFolders", "dir/inner.handler", {}, "dir/inner.py", "dir/inner"),
    Finds("TakesManySlashesForFolders", "a/b/c.handler", {}, "a/b/c.py", "a/b/c"),
    Finds("FindsAFileThatNoIdentifierNames", "my-index.handler", {}, "my-index.py", "my-index"),
    Finds("FindsAModuleOfAForeignName", "m\u00e9thode.handler", {}, "m\u00e9thode.py",
          "m\u00e9thode"),
    Finds("PrefersTheCodePathToTheLibrary", "calendar.handler", {}, "calendar.py", "calendar"),
    LeavesTheNameToTheUser("LeavesTheNameJsonToTheUser", "json"),
    LeavesTheNameToTheUser("LeavesTheNameTracebackToTheUser", "traceback"),
    LeavesTheNameToTheUser("LeavesTheNameContextToTheUser", "context"),
    LeavesTheNameToTheUser("LeavesTheNameErrorsToTheUser", "errors"),
    LeavesTheNameToTheUser("LeavesTheNameLoaderToTheUser", "loader"),
    LeavesTheNameToTheUser("LeavesTheNameEncoderToTheUser", "encoder"),
    LeavesTheNameToTheUser("LeavesTheNameLogsToTheUser", "logs"),
    LeavesTheNameToTheUser("LeavesTheNameInvokeToTheUser", "invoke"),
    LeavesTheNameToTheUser("LeavesTheNameOpenfcToTheUser", "openfc"),
    WorksInAFolderOfAnyName(),
    CallingInTurn("FindsAModuleWithoutTheHelpOfSysPath",
                  {{"index.py",
                    "import sys\ndef handler(event, context):\n"
                    "    sys.path.clear()\n    return 1\n"},
                   {"other.py", "def handler(event, context):\n    return 2\n"}},
                  {{"index.handler", Body("1")}, {"other.handler", Body("2")}}),
    Calling("DoesNotTakeALibrarysModule", "json.dumps", {}, Missing("json", "json")),
    Calling("ImportsTheLibrarysModulesWhateverTheUsersFilesAreCalled", "index.handler",
            {{"index.py",
              "import json, logging, string\n"
              "def handler(event, context):\n"
              "    return json.dumps([string.digits, logging.INFO])\n"},
             {"json.py", "1 / 0"},
             {"logging.py", "1 / 0"},
             {"string.py", "1 / 0"}},
            Body("[\"0123456789\", 20]")),
    LeavesTheNameToTheUser("LeavesTheNameStringToTheUser", "string"),
    Calling("DoesNotTakeABuiltinModule", "sys.exit", {}, Missing("sys", "sys")),
    Calling("RunsThePackagesOfAModuleFirst", "pkg.mod.handler",
            {{"pkg/__init__.py", "WORD = 'from the package'\n"},
             {"pkg/mod.py", "import pkg\ndef handler(event, context):\n    return pkg.WORD\n"}},
            Body("from the package")),
    Calling("LetsAPackageImportRelatively", "pkg.mod.handler",
            {{"pkg/__init__.py", ""},
             {"pkg/near.py", "WORD = 'near'\n"},
             {"pkg/mod.py",
              "from . import near\ndef handler(event, context):\n    return near.WORD\n"}},
            Body("near")),
    Calling("LetsAModuleImportItsNeighbours", "index.handler",
            {{"near.py", "WORD = 'near'\n"},
             {"index.py", "import near\ndef handler(event, context):\n    return near.WORD\n"}},
            Body("near")),
    Calling("FindsAnAttributeThatAModuleMakesUp", "index.handler",
            Index("def __getattr__(name):\n    return lambda event, context: name\n"),
            Body("handler")),
    Calling("FindsAnAttributeOfAForeignName", "index.m\u00e9thode",
            Index("def m\u00e9thode(event, context):\n    return 'yes'\n"), Body("yes")),

    // Two dots are two empty segments, and the first of them is missing.
    Calling("LooksForAnAbsoluteNameInTheCodePathOnly", "/etc/passwd.handler", {},
            Missing("/etc/passwd", "/etc/passwd")),
    Calling("GivesTwoDotsNoMeaning", "../outside.handler", {{"../outside.py", kSaysItsName}},
            Missing("../outside", "")),
    Calling("MissesAModule", "nowhere.handler", {}, Missing("nowhere", "nowhere")),
    Calling("MissesAFileInAFolder", "dir/none.handler", {{"dir/inner.py", ""}},
            Missing("dir/none", "dir/none")),
    Calling("MissesTheModuleOfALeadingDot", ".handler", {}, Missing("", "")),
    Calling("MissesTheEmptySegmentOfTwoDots", "index..handler", Index(kSaysItsName),
            Missing("index.", "")),
    Calling("MissesASegmentOfAFile", "index.Class.handler",
            Index("class Class:\n    def handler(event, context):\n        pass\n"),
            Missing("index.Class", "Class")),
    Calling("MissesTheLastSegmentOfAPackage", "pkg.none.handler", {{"pkg/__init__.py", ""}},
            Missing("pkg.none", "none")),
    Calling("MissesAMiddleSegment", "pkg.none.mod.handler", {{"pkg/__init__.py", ""}},
            Missing("pkg.none.mod", "none")),
    Calling("LooksFurtherSegmentsUpInTheirPackageOnly", "pkg.index.handler",
            {{"pkg/__init__.py", ""}, {"index.py", kSaysItsName}}, Missing("pkg.index", "index")),

    CachesAHandler(),
    {.rule = "KeepsModuleStateAcrossInvocations",
     .files = Index(kCounter),
     .calls = {{.expected = Body("1")}, {.expected = Body("2")}, {.expected = Body("3")}}},
    {.rule = "KeepsTheHandlerThatItFoundFirst",
     .files = Index(kReplacesItself),
     .calls = {{.expected = Body("first")}, {.expected = Body("first")}}},
    CallingInTurn("CachesByTheWholeString",
                  Index("def a(event, context):\n    return 'a'\n"
                        "def b(event, context):\n    return 'b'\n"),
                  {{"index.a", Body("a")}, {"index.b", Body("b")}, {"index.a", Body("a")}}),
    TriesAgain(),
    FindsAFileThatComesLater(),
    ForgetsAHalfImportedModule("ForgetsAHalfImportedModule", "broken.py", "broken"),
    ForgetsAHalfImportedModule("ForgetsAHalfImportedSubmodule", "pkg/broken.py", "pkg.broken",
                               {{"pkg/__init__.py", ""}}),
    ForgetsAHalfImportedModule("ForgetsAHalfImportedPackage", "broken/__init__.py", "broken"),
    ForgetsAHalfImportedModule("ForgetsAHalfImportedModuleOfAFolder", "dir/broken.py",
                               "dir/broken"),
};

OPENFC_CONFORMANCE_ROWS(Section3Finding, kRows);

}  // namespace
}  // namespace openfc::testing
