#include "emulator/commands/build_command.h"

#include "emulator/commands/exit_codes.h"
#include "emulator/commands/function_choice.h"
#include "emulator/commands/terminal.h"
#include "emulator/dependencies/build_result.h"
#include "emulator/dependencies/node_packages.h"
#include "emulator/dependencies/python_packages.h"
#include "emulator/service_file/service_file.h"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultServiceFile = "s.yaml";
constexpr const char* kBuildExamples = R"(Examples:
  fclocal build                         all functions of ./s.yaml, else the code in this folder
  fclocal build -c prod/s.yaml resize   one of several functions
  fclocal build --code src              the code in that folder
  fclocal build --pip-option=--no-index --pip-option=--find-links=wheels
                                        from files; relative paths are below the code

requirements.txt is installed into the code's .s/python, where the runtime finds it, and what was installed
is written into requirements.lock. A custom runtime's package-lock.json is installed by npm ci. pip's own
variables (PIP_INDEX_URL, ...) count.

Exit codes: 0 all is installed, 1 something could not be, 2 usage.)";

struct BuildCommandLine {
  std::string config, function, code;
  BuildOptions build;
};

Expected<std::vector<FunctionDefinition>> Choose(const BuildCommandLine& options,
                                                 const Variables& environment) {
  std::error_code ignored;
  const bool has_file =
      !options.config.empty() || (options.code.empty() && fs::exists(kDefaultServiceFile, ignored));
  if (!has_file) {
    if (!options.function.empty()) {
      return Error{ErrorCode::kInvalidArgument, "'" + options.function +
                                                    "' names a function of a s.yaml: give one with "
                                                    "-c"};
    }
    return std::vector{
        FunctionDefinition{.code_path = Absolute(options.code.empty() ? "." : options.code)}};
  }
  ServiceFileQuery query{.path = options.config.empty() ? kDefaultServiceFile : options.config,
                         .function = options.function};
  if (!options.code.empty()) query.code_path = Absolute(options.code);
  auto functions = ReadServiceFunctions(query, environment);
  if (!functions) return functions.error();
  std::vector<FunctionDefinition> definitions;
  for (ServiceFunction& function : *functions) {
    definitions.push_back(std::move(function.definition));
    definitions.back().code_path = Absolute(definitions.back().code_path);
  }
  return definitions;
}

void Tell(const BuildResult& result, const std::string& code, const char* file) {
  switch (result.outcome) {
    case BuildResult::Outcome::kNothingToDo:
      return;
    case BuildResult::Outcome::kUpToDate:
      return Say(result.folder + " is up to date");
    case BuildResult::Outcome::kRemoved:
      return Say(result.folder + " is removed: " + code + " has no " + file + " any more");
    case BuildResult::Outcome::kInstalled:
      break;
  }
  std::string names;
  for (const std::string& package : result.packages) {
    names.append(names.empty() ? ": " : ", ").append(package);
  }
  Say("installed into " + result.folder + names);
}

/// False when it could not be built; the reason was told.
bool Build(const FunctionDefinition& function, const BuildOptions& options,
           const Variables& environment) {
  const std::string& code = function.code_path;
  if (!fs::is_directory(code)) {
    Say("the code " + code + " is no folder: there is nothing to install into");
    return false;
  }
  const auto python = InstallPythonPackages(function, options, environment);
  if (!python) {
    Say(python.error().message);
    return false;
  }
  Tell(*python, code, "requirements.txt");
  const auto node = InstallNodePackages(function, options, environment);
  if (!node) {
    Say(node.error().message);
    return false;
  }
  Tell(*node, code, "package.json");
  if (python->outcome == BuildResult::Outcome::kNothingToDo &&
      node->outcome == BuildResult::Outcome::kNothingToDo) {
    Say(code + " needs nothing: it has no requirements.txt");
  }
  return true;
}

int BuildAll(const BuildCommandLine& options, const Variables& environment) {
  const auto functions = Choose(options, environment);
  if (!functions) return RefuseUsage(functions.error());
  BuildOptions build = options.build;
  build.shows_progress = ::isatty(STDERR_FILENO) == 1;
  std::set<std::string> done;
  bool is_well = true;
  for (const FunctionDefinition& function : *functions) {
    if (!done.insert(function.code_path).second) continue;  // Functions may share their code.
    is_well = Build(function, build, environment) && is_well;
  }
  return is_well ? 0 : kFailedExit;
}

}  // namespace

Interpretation DeclareBuild(CLI::App& app) {
  const auto options = std::make_shared<BuildCommandLine>();
  app.add_option("NAME", options->function, "One function of the s.yaml; else all");
  app.add_option("-c,--config", options->config, "The s.yaml")->type_name("FILE");
  app.add_option("--code", options->code, "The folder of the code")->type_name("DIR");
  app.add_option("--pip-option", options->build.pip_options, "Handed to pip; may be repeated")
      ->type_name("OPTION")
      ->allow_extra_args(false);
  app.add_flag("--force", options->build.is_forced, "Install what is up to date, too");
  app.footer(kBuildExamples);
  return [options]() -> Expected<Work> {
    return Work(
        [options](const Variables& environment) { return BuildAll(*options, environment); });
  };
}

}  // namespace openfc::emulator
