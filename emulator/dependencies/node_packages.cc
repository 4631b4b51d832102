#include "emulator/dependencies/node_packages.h"

#include "emulator/dependencies/code_folder.h"
#include "emulator/dependencies/tool_run.h"
#include "emulator/digest/sha256.h"

#include <filesystem>
#include <string>
#include <system_error>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;
using Outcome = BuildResult::Outcome;

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

/// What the mark in node_modules says when they are as wanted.
Expected<std::string> WantedMark(const std::string& manifest, const std::string& lock) {
  const auto wanted = ReadWhole(manifest);
  if (!wanted) return wanted.error();
  std::error_code ignored;
  if (!fs::exists(lock, ignored)) {
    return Invalid(manifest +
                   " has no package-lock.json beside it, which says what to install: "
                   "run npm install once");
  }
  const auto locked = ReadWhole(lock);
  if (!locked) return locked.error();
  return Sha256Hex(std::to_string(wanted->size()) + " " + *wanted + *locked) + "\n";
}

}  // namespace

Expected<BuildResult> InstallNodePackages(const FunctionDefinition& function,
                                          const BuildOptions& options,
                                          const Variables& environment) {
  const std::string manifest = function.code_path + "/package.json";
  std::error_code ignored;
  if (!function.custom || !fs::exists(manifest, ignored)) return BuildResult{};
  const auto mark = WantedMark(manifest, function.code_path + "/package-lock.json");
  if (!mark) return mark.error();
  const auto held = HoldFolder(function.code_path + "/.s");
  if (!held) return held.error();
  const std::string modules = function.code_path + "/node_modules";
  const std::string mark_file = modules + "/.fclocal-build";
  const auto marked = ReadWhole(mark_file);
  if (marked && *marked == *mark && !options.is_forced) {
    return BuildResult{.outcome = Outcome::kUpToDate, .folder = modules};
  }
  const std::string npm = FindTool("npm", environment);
  if (npm.empty()) return Invalid("there is no npm on the PATH to install " + manifest + " with");
  const auto exit_code = RunTool({.program = npm,
                                  .arguments = {"ci", "--no-audit", "--no-fund"},
                                  .environment = environment,
                                  .folder = function.code_path});
  if (!exit_code) return exit_code.error();
  if (*exit_code != 0) {
    return Error{ErrorCode::kSystem,
                 "npm has not installed " + manifest + ": exit code " + std::to_string(*exit_code)};
  }
  fs::create_directories(modules, ignored);  // npm makes none for no packages.
  if (const Status written = ReplaceFile(mark_file, *mark); !written) return written.error();
  return BuildResult{.outcome = Outcome::kInstalled, .folder = modules};
}

}  // namespace openfc::emulator
