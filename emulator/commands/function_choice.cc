#include "emulator/commands/function_choice.h"

#include "emulator/service_file/service_file.h"
#include "runtime/process/proc_files.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultServiceFile = "s.yaml";

/// The name of its folder, as far as it can stand in a header.
std::string NameByFolder(const std::string& code_path) {
  std::string name = fs::path(code_path).filename().string();
  if (name.empty()) return "function";
  std::replace_if(
      name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 32; }, '_');
  return name;
}

std::optional<std::string> ServiceFileOf(const std::optional<std::string>& config,
                                         const std::optional<std::string>& code) {
  if (config || code) return config;
  std::error_code ignored;
  const bool is_there = fs::exists(kDefaultServiceFile, ignored);
  return is_there ? std::optional<std::string>(kDefaultServiceFile) : std::nullopt;
}

std::string Join(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined.append(joined.empty() ? "" : ", ").append(word);
  return joined;
}

/// With what its developer should know about it.
ChosenFunction WithNotices(const std::string& file, ServiceFunction function) {
  ChosenFunction chosen{.definition = std::move(function.definition), .notices = {}};
  if (!function.without_effect.empty()) {
    chosen.notices.push_back(file + ": without effect here: " + Join(function.without_effect));
  }
  for (const std::string& notice : function.notices) {
    chosen.notices.push_back(std::string(file).append(": ").append(notice));
  }
  const std::string& wanted = chosen.definition.runtime;
  if (wanted.starts_with("python3.") && wanted != "python" OPENFC_PYTHON_VERSION) {
    chosen.notices.push_back(file + " says " + wanted +
                             ", but this build runs Python " OPENFC_PYTHON_VERSION);
  }
  return chosen;
}

Expected<ChosenFunction> FromServiceFile(const std::string& file, const InvokeCommandLine& line,
                                         const Variables& environment) {
  auto function = ReadServiceFile(
      {.path = file,
       .function = line.function,
       .code_path = line.code ? std::optional<std::string>(Absolute(*line.code)) : std::nullopt,
       .handler = line.handler,
       .has_own_runtime = line.bootstrap.has_value()},
      environment);
  if (!function) return function.error();
  return WithNotices(file, *std::move(function));
}

ChosenFunction FromFolder(const std::optional<std::string>& code,
                          const std::optional<std::string>& handler) {
  ChosenFunction chosen;
  chosen.definition.code_path = Absolute(code.value_or("."));
  chosen.definition.name = NameByFolder(chosen.definition.code_path);
  chosen.definition.handler = handler.value_or(chosen.definition.handler);
  return chosen;
}

Expected<std::vector<ChosenFunction>> AllOf(const std::string& file, const StartCommandLine& line,
                                            const Variables& environment) {
  auto functions = ReadServiceFunctions(
      {.path = file, .handler = line.handler, .has_own_runtime = line.bootstrap.has_value()},
      environment);
  if (!functions) return functions.error();
  std::vector<ChosenFunction> all;
  for (ServiceFunction& function : *functions)
    all.push_back(WithNotices(file, std::move(function)));
  return all;
}

Expected<ChosenFunction> FromOptions(const InvokeCommandLine& line) {
  if (!line.function.empty()) {
    return Error{ErrorCode::kInvalidArgument,
                 "'" + line.function +
                     "' names a function of a s.yaml, but there is no s.yaml in this folder: give "
                     "one with -c"};
  }
  return FromFolder(line.code, line.handler);
}

/// What a s.yaml can say, but a single invocation of a built-in runtime cannot do.
void LeaveOutHookCommands(FunctionDefinition& definition, std::vector<std::string>& notices) {
  if (definition.custom) return;
  for (auto* const hook : {&definition.initializer, &definition.pre_stop}) {
    if (!*hook || (*hook)->command.empty()) continue;
    notices.push_back("the command of a hook is not run here: " + Join((*hook)->command));
    if ((*hook)->handler.empty()) hook->reset();
  }
}

}  // namespace

Expected<ChosenFunction> ChooseFunction(const InvokeCommandLine& line,
                                        const Variables& environment) {
  const auto file = ServiceFileOf(line.config, line.code);
  auto chosen = file ? FromServiceFile(*file, line, environment) : FromOptions(line);
  if (!chosen) return chosen.error();
  FunctionDefinition& definition = chosen->definition;
  definition.timeout = line.timeout.value_or(definition.timeout);
  definition.memory_mb = line.memory_mb.value_or(definition.memory_mb);
  definition.cpu = line.cpu.value_or(definition.cpu);
  for (const auto& [name, value] : line.environment) definition.environment[name] = value;
  if (const Status fits = CheckDefinition(definition, LimitsOf(line)); !fits) return fits.error();
  LeaveOutHookCommands(definition, chosen->notices);
  return chosen;
}

Expected<std::vector<ChosenFunction>> ChooseFunctions(const StartCommandLine& line,
                                                      const Variables& environment) {
  const auto file = ServiceFileOf(line.config, line.code);
  auto chosen = file ? AllOf(*file, line, environment)
                     : std::vector<ChosenFunction>{FromFolder(line.code, line.handler)};
  if (!chosen) return chosen.error();
  for (ChosenFunction& function : *chosen) {
    FunctionDefinition& definition = function.definition;
    if (line.concurrency) definition.instance_concurrency = *line.concurrency;
    definition.cpu = line.cpu.value_or(definition.cpu);
    if (const Status fits = CheckDefinition(definition, LimitsOf(line)); !fits) {
      return Error{fits.error().code, definition.name + ": " + fits.error().message};
    }
  }
  return chosen;
}

std::string SourceOf(const std::optional<std::string>& config,
                     const std::optional<std::string>& code) {
  return Absolute(ServiceFileOf(config, code).value_or(code.value_or(".")));
}

std::string FindRloader() { return ProgramBesideThis("rloader"); }

std::string Absolute(const std::string& path) {
  const fs::path normal = fs::absolute(path).lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).string();
}

PlatformLimits LimitsOf(const InvokeCommandLine& line) {
  return line.lifts_limits ? PlatformLimits::kLifted : PlatformLimits::kEnforced;
}

PlatformLimits LimitsOf(const StartCommandLine& line) {
  return line.lifts_limits ? PlatformLimits::kLifted : PlatformLimits::kEnforced;
}

}  // namespace openfc::emulator
