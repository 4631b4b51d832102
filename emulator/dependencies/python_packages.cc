#include "emulator/dependencies/python_packages.h"

#include "emulator/dependencies/code_folder.h"
#include "emulator/dependencies/lock_file.h"
#include "emulator/dependencies/python_tool.h"
#include "emulator/dependencies/requirements.h"
#include "emulator/dependencies/tool_run.h"

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;
using Outcome = BuildResult::Outcome;

constexpr const char* kLockName = "requirements.lock";

bool Exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// Where the parts of one function's packages are.
struct Places {
  explicit Places(const std::string& code)
      : requirements(code + "/requirements.txt"),
        lock(code + "/" + kLockName),
        tool_folder(code + "/.s"),
        packages(tool_folder + "/python"),
        installed_lock(packages + "/" + kLockName) {}

  std::string requirements;
  std::string lock;
  std::string tool_folder;
  std::string packages;
  std::string installed_lock;  // A copy of the lock that the packages are installed by.
};

/// Empty when there is none.
std::string ReadIfThere(const std::string& path) {
  const auto text = ReadWhole(path);
  return text ? *text : std::string();
}

/// The developer's own, without what would send packages elsewhere.
Variables PipEnvironment(Variables environment) {
  for (const char* const name : {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REPORT",
                                 "PIP_REQUIREMENT", "PIP_REQUIRE_VIRTUALENV"}) {
    environment.erase(name);
  }
  return environment;
}

/// pip puts programs below the folder that Python imports from. They belong beside it, where the
/// PATH of an instance has them; a package of that name stays.
void MovePrograms(const fs::path& site, const fs::path& base) {
  std::error_code ignored;
  if (fs::exists(site / "bin/__init__.py", ignored)) return;
  if (fs::is_directory(site / "bin", ignored)) fs::rename(site / "bin", base / "bin", ignored);
}

/// Installs for one function; its folder is held.
class Installation {
 public:
  Installation(const FunctionDefinition& function, const BuildOptions& options,
               const Variables& environment)
      : function_(function),
        options_(options),
        environment_(environment),
        places_(function.code_path) {}

  Expected<BuildResult> Run() {
    auto python = FindPythonTool(function_, environment_);
    if (!python) return python.error();
    python_ = *std::move(python);
    const auto requirements = ReadRequirements(places_.requirements);
    if (!requirements) return requirements.error();
    wanted_ = {.python = python_.version, .requirements = requirements->digest};
    const auto held = HoldFolder(places_.tool_folder);
    if (!held) return held.error();
    const std::string lock = ReadIfThere(places_.lock);
    const std::string installed = ReadIfThere(places_.installed_lock);
    if (const Status own = CheckOwn(installed); !own) return own.error();
    const bool is_locked = IsLockFor(lock, wanted_);
    if (is_locked && lock == installed && !options_.is_forced) {
      return BuildResult{.outcome = Outcome::kUpToDate, .folder = places_.packages};
    }
    return Install(is_locked && IsComplete(lock) ? std::optional(lock) : std::nullopt,
                   requirements->options);
  }

 private:
  Status CheckOwn(const std::string& installed) const {
    if (!installed.empty() || options_.is_forced || !Exists(places_.packages)) return Ok();
    return Error{ErrorCode::kInvalidArgument,
                 places_.packages + " was not made by fclocal build: remove it, or add --force"};
  }

  Expected<BuildResult> Install(const std::optional<std::string>& lock,
                                const std::string& pip_lines) {
    auto fresh = FreshFolder::Beside(places_.packages);
    if (!fresh) return fresh.error();
    const std::string site = fresh->path() + "/lib/python" + python_.version + "/site-packages";
    const std::string report_file = fresh->path() + "/report.json";
    if (const Status ran = RunPip(site, report_file, lock.has_value()); !ran) return ran.error();
    const auto report = ReadWhole(report_file);
    if (!report) return report.error();
    auto made = MakeLock(wanted_, pip_lines, *report);
    if (!made) return made.error();
    MovePrograms(site, fresh->path());
    std::error_code ignored;
    fs::remove(report_file, ignored);
    return Finish(*fresh, lock.value_or(made->text), std::move(made->packages));
  }

  Expected<BuildResult> Finish(FreshFolder& fresh, const std::string& lock,
                               std::vector<std::string> packages) {
    Status done = ReplaceFile(fresh.path() + "/" + kLockName, lock);
    if (done) done = fresh.TakePlace();
    if (done) done = ReplaceFile(places_.lock, lock);
    if (!done) return done.error();
    return BuildResult{.outcome = Outcome::kInstalled,
                       .folder = places_.packages,
                       .packages = std::move(packages)};
  }

  Status RunPip(const std::string& site, const std::string& report, bool is_locked) {
    ToolRun run{
        .program = python_.program,
        .arguments = {"-m", "pip", "install", "--target", site, "--report", report, "--no-input",
                      "--disable-pip-version-check", "--root-user-action=ignore"},
        .environment = PipEnvironment(environment_),
        .folder = function_.code_path};
    auto& words = run.arguments;
    if (!options_.shows_progress) words.insert(words.end(), {"--quiet", "--progress-bar", "off"});
    words.insert(words.end(), options_.pip_options.begin(), options_.pip_options.end());
    if (is_locked) words.insert(words.end(), {"--no-deps", "--require-hashes"});
    words.insert(words.end(), {"-r", is_locked ? places_.lock : places_.requirements});
    const auto exit_code = RunTool(run);
    if (!exit_code) return exit_code.error();
    if (*exit_code == 0) return Ok();
    const std::string what =
        is_locked ? places_.lock + " (remove it to choose versions anew)" : places_.requirements;
    return Error{ErrorCode::kSystem,
                 "pip has not installed " + what + ": exit code " + std::to_string(*exit_code)};
  }

  const FunctionDefinition& function_;
  const BuildOptions& options_;
  const Variables& environment_;
  const Places places_;
  PythonTool python_;
  LockedFor wanted_;
};

/// What an earlier build left of requirements that are no more.
BuildResult RemoveOld(const Places& places) {
  if (!Exists(places.installed_lock)) return {};
  std::error_code ignored;
  fs::remove_all(places.packages, ignored);
  fs::remove(places.lock, ignored);
  return {.outcome = Outcome::kRemoved, .folder = places.packages};
}

}  // namespace

Expected<BuildResult> InstallPythonPackages(const FunctionDefinition& function,
                                            const BuildOptions& options,
                                            const Variables& environment) {
  const Places places(function.code_path);
  if (!Exists(places.requirements)) return RemoveOld(places);
  return Installation(function, options, environment).Run();
}

}  // namespace openfc::emulator
