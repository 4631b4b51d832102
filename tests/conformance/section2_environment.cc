// Section 2, the environment: variables, folders, the path, the interpreter.

#include "tests/conformance/oracle.h"
#include "tests/conformance/row.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace openfc::testing {
namespace {

/// What the platform sets: those that user code may see, those that it may not, and a bystander.
const Variables kPlatformVariables = {
    {"FC_FUNCTION_MEMORY_SIZE", "128"},
    {"FC_RUNTIME_VERSION", "v1"},
    {"FC_ACCOUNT_ID", "1"},
    {"FC_FUNCTION_HANDLER", "index.handler"},
    {"FC_FUNCTION_NAME", "f"},
    {"FC_SERVICE_NAME", "s"},
    {"FC_VER_ID", "v"},
    {"FC_QUALIFIER", "LATEST"},
    {"FC_REGION", "r"},
    {"FC_INSTANCE_ID", "i"},
    {"FC_SNAPSHOT_FLAG", "0"},
    {"FC_SERVER_LOG_LEVEL", "INFO"},
    {"FC_CONCURRENT_LIMIT", "1"},
    {"FC_EXTRA", "x"},
    {"_FC_SECRET", "x"},
    {"FC_", "x"},
    {"FCX", "stays"},
    {"X_FC_", "stays"},
};

constexpr std::string_view kVisible =
    "FCX FC_ACCOUNT_ID FC_FUNCTION_HANDLER FC_FUNCTION_MEMORY_SIZE FC_FUNCTION_NAME "
    "FC_FUNC_CODE_PATH FC_INSTANCE_ID FC_QUALIFIER FC_REGION FC_RUNTIME_VERSION FC_SERVICE_NAME "
    "FC_SNAPSHOT_FLAG FC_VER_ID X_FC_";

const std::string kNames =
    "def names(variables):\n"
    "    return ' '.join(sorted(n for n in variables if 'FC' in n and 'OPENFC' not in n))\n";

/// Where the names of the variables are looked at; `expression` may call names().
Row Sees(const std::string& rule, const std::string& expression, const std::string& preamble) {
  Row row = Returning(rule, expression, Body(kVisible), kNames + preamble);
  row.environment = kPlatformVariables;
  return row;
}

Row HidesFromSitecustomize() {
  Row row =
      Sees("HidesThePlatformsVariablesFromSitecustomize", "names(sys.first_seen)", "import sys\n");
  row.files["site/sitecustomize.py"] = "import os, sys\nsys.first_seen = list(os.environ)\n";
  row.environment["PYTHONPATH"] = "{CODE}/site";
  return row;
}

Row LogLevel(const std::string& rule, const std::string& name, const std::string& level) {
  Row row = Returning(rule, "str(logging.getLogger().level)", Body(level), "import logging\n");
  if (!name.empty()) row.environment = {{"FC_SERVER_LOG_LEVEL", name}};
  return row;
}

Row Limit(const std::string& rule, const std::string& limit) {
  Row row = Returning(rule, "str(context.logger) + str(len(os.listdir('/proc/self/task')))",
                      Body("None1"), "import os\n");
  row.environment = {{"FC_CONCURRENT_LIMIT", limit}, {"OPENFC_CONTEXT", "fc2"}};
  return row;
}

/// sys.path below the three entries of ours is what plain Python has below its first.
Row EndsItsPathAsPythonDoes() {
  Row row = Returning("EndsItsPathAsPythonDoes", "sys.path[3:]", {}, "import sys\n");
  row.files["extra/empty.py"] = "";
  row.environment = {{"PYTHONPATH", "{CODE}/extra"}};
  row.calls[0].expected = [](const Request& post, const Instance& instance) {
    const std::string extra = "[" + std::string("'") + instance.code().string() + "/extra']";
    EXPECT_EQ(post.body, EvaluateInPython(extra + " + sys.path[1:]"));
  };
  return row;
}

const std::string kPathHead =
    "'\\n'.join(p.replace('%d.%d' % sys.version_info[:2], 'X.Y') for p in sys.path[:3])";

const std::string kRunChild =
    "import subprocess, sys\n"
    "def run(code):\n"
    "    return subprocess.run([sys.executable, '-c', code], capture_output=True).stdout\n";

const std::string kMultiprocessing =
    "import multiprocessing, work\n"
    "def run(method):\n"
    "    with multiprocessing.get_context(method).Pool(2) as pool:\n"
    "        return pool.map(work.double, [1, 2, 3])\n";

Row Multiprocessing(const std::string& rule, const std::string& method) {
  Row row = Returning(rule, "str(run('" + method + "'))", Body("[2, 4, 6]"), kMultiprocessing);
  row.files["work.py"] = "def double(number):\n    return 2 * number\n";
  return row;
}

Row WithVariables(Row row, const Variables& variables) {
  row.environment = variables;
  return row;
}

Row FindsCodeUnderARelativePath() {
  return {.rule = "FindsTheCodeUnderARelativePath",
          .files = Index("def handler(event, context):\n    return __file__\n"),
          .play =
              [](Instance& instance) {
                instance.Start(
                    {{"FC_FUNC_CODE_PATH", std::filesystem::relative(instance.code()).string()}});
                const auto post = instance.Invoke();
                ASSERT_TRUE(post);
                EXPECT_EQ(std::filesystem::path(post->body).lexically_normal(),
                          instance.code() / "index.py");
              },
          .unstarted = true};
}

const std::vector<Row> kRows = {
    Sees("HidesThePlatformsVariables", "names(os.environ)", "import os\n"),
    Sees("HidesThePlatformsVariablesFromImports", "FIRST",
         "import os\nFIRST = names(os.environ)\n"),
    Sees("HidesThePlatformsVariablesFromChildren",
         "names(line.split('=')[0] for line in text.splitlines())",
         "import subprocess\ntext = subprocess.run('/usr/bin/env', capture_output=True, "
         "text=True).stdout\n"),
    Sees("HidesThePlatformsVariablesFromCsEnvironment",
         "names(line.split('=')[0] for line in os.popen('/usr/bin/env').read().splitlines())",
         "import os\n"),
    Sees("HidesThePlatformsVariablesFromGetenv",
         "names(n for n in ALL if ctypes.CDLL(None).getenv(n.encode()))",
         "import ctypes\nALL = 'FC_RUNTIME_API FC_EXTRA _FC_SECRET FC_ FC_SERVER_LOG_LEVEL "
         "FC_CONCURRENT_LIMIT " +
             std::string(kVisible) + "'.split()\n"),
    HidesFromSitecustomize(),
    WithVariables(Returning("KeepsAllOtherVariables", "os.environ['NAME'] + os.environ['LANG']",
                            Body("värdeC"), "import os\n"),
                  {{"NAME", "värde"}, {"LANG", "C"}}),

    Limit("TakesAnAbsentLimitForOne", ""),
    Limit("TakesAnUnreadableLimitForOne", "many"),
    Limit("TakesALimitOfZeroForOne", "0"),
    Limit("TakesANegativeLimitForOne", "-4"),
    LogLevel("LogsAtInfoUnlessTold", "", "20"),
    LogLevel("LogsAtTheLevelOfTheEnvironment", "DEBUG", "10"),
    LogLevel("LogsFromErrorOnWhenTold", "ERROR", "40"),
    LogLevel("TakesAnUnknownLevelForInfo", "LOUD", "20"),

    Returning("WorksInTheCodePath", "os.getcwd()", Body("{CODE}"), "import os\n"),
    FindsCodeUnderARelativePath(),
    Returning("ImportsInTheCodePath", "FIRST", Body("{CODE}"), "import os\nFIRST = os.getcwd()\n"),
    Returning("StartsItsPathWithCodeAndLayers", kPathHead,
              Body("{CODE}\n/opt/python/lib/pythonX.Y/site-packages\n/opt/python"), "import sys\n"),
    EndsItsPathAsPythonDoes(),

    Returning("NamesAnInterpreterOfTheSameVersion", "run('import sys; print(sys.version)')",
              BodyAsPython("sys.version + '\\n'"), kRunChild),
    Returning("GivesChildPythonsTheSameLibraries",
              "run('import sys; print(sys.prefix)').decode().strip() == sys.prefix", Body("true"),
              kRunChild),
    Multiprocessing("RunsMultiprocessingBySpawn", "spawn"),
    Multiprocessing("RunsMultiprocessingByFork", "fork"),
    Returning("HasOneArgument", "len(sys.argv)", Body("1"), "import sys\n"),
    Returning("ImportsAModuleUnderItsOwnName", "__name__", Body("index")),
    Returning("PutsTheModuleIntoSysModules", "sys.modules['index'].handler is handler",
              Body("true"), "import sys\n"),
    Returning("RunsInTheMainThread", "threading.current_thread() is threading.main_thread()",
              Body("true"), "import threading\n"),
    Returning("HasNoOtherThread", "len(os.listdir('/proc/self/task'))", Body("1"), "import os\n"),
    Returning("LetsAHandlerInstallASignalHandler", "seen", Body("[\n    10\n]"),
              "import os, signal\nseen = []\n"
              "signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(int(number)))\n"
              "os.kill(os.getpid(), signal.SIGUSR1)\n"),
};

OPENFC_CONFORMANCE_ROWS(Section2Environment, kRows);

}  // namespace
}  // namespace openfc::testing
