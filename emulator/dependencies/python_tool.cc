#include "emulator/dependencies/python_tool.h"

#include "emulator/dependencies/tool_run.h"

#include <charconv>
#include <filesystem>
#include <sstream>
#include <utility>

namespace openfc::emulator {
namespace {

// Prints the versions of Python and of its pip, or of Python alone.
constexpr const char* kQuestion = R"(import sys
print("%d.%d" % sys.version_info[:2])
try:
    import pip
    print(pip.__version__)
except ImportError:
    pass
)";
constexpr std::pair<int, int> kOldestPip = {22, 2};  // The first that reports what it installed.

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

Expected<std::string> FindProgram(const FunctionDefinition& function,
                                  const Variables& environment) {
  if (!function.custom) {
    std::string found = FindTool(OPENFC_PYTHON_EXECUTABLE, environment);
    if (found.empty()) found = FindTool("python" OPENFC_PYTHON_VERSION, environment);
    if (!found.empty()) return found;
    return Invalid(
        "there is no python" OPENFC_PYTHON_VERSION
        " on the PATH: this fclocal runs functions with that version, and installs with it");
  }
  std::string wanted = "python3";
  if (!function.custom->command.empty()) {
    const std::string& first = function.custom->command.front();
    if (std::filesystem::path(first).filename().string().starts_with("python")) wanted = first;
  }
  std::string found = FindTool(wanted, environment);
  if (found.empty()) return Invalid("there is no " + wanted + " to install requirements.txt with");
  return found;
}

bool IsNewEnough(const std::string& version) {
  int major = 0;
  int minor = 0;
  const char* const end = version.data() + version.size();
  const auto [dot, error] = std::from_chars(version.data(), end, major);
  if (error == std::errc() && dot != end) std::from_chars(dot + 1, end, minor);
  return std::pair(major, minor) >= kOldestPip;
}

}  // namespace

Expected<PythonTool> FindPythonTool(const FunctionDefinition& function,
                                    const Variables& environment) {
  auto program = FindProgram(function, environment);
  if (!program) return program.error();
  const auto answer =
      AskTool({.program = *program, .arguments = {"-c", kQuestion}, .environment = environment});
  if (!answer) return answer.error();
  std::istringstream lines(answer->output);
  PythonTool tool{.program = *program, .version = {}};
  std::string pip;
  lines >> tool.version >> pip;
  if (answer->exit_code != 0 || tool.version.empty()) return Invalid(*program + " is no Python 3");
  if (pip.empty()) {
    return Invalid(*program +
                   " has no pip, which installs requirements.txt: install python3-pip, "
                   "or run " +
                   *program + " -m ensurepip");
  }
  if (!IsNewEnough(pip)) {
    return Invalid("the pip of " + *program + " is " + pip + ", but 22.2 or newer is needed: run " +
                   *program + " -m pip install -U pip");
  }
  return tool;
}

}  // namespace openfc::emulator
