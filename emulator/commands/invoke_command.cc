#include "emulator/commands/invoke_command.h"

#include "emulator/event_source.h"
#include "emulator/invocation_run.h"
#include "emulator/report.h"
#include "emulator/service_file.h"
#include "emulator/stop_signals.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

constexpr int kUsageExit = 2;
constexpr int kNotStartedExit = 3;
constexpr int kOutputExit = 74;  // EX_IOERR: there is a result, but nowhere to put it.
constexpr const char* kDefaultServiceFile = "s.yaml";
constexpr std::size_t kKeptForJson = 8UL * 1024 * 1024;

std::string Absolute(const std::string& path) {
  const fs::path normal = fs::absolute(path).lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).string();
}

/// The name of its folder, as far as it can stand in a header.
std::string NameByFolder(const std::string& code_path) {
  std::string name = fs::path(code_path).filename().string();
  if (name.empty()) return "function";
  std::replace_if(
      name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 32; }, '_');
  return name;
}

std::optional<std::string> ServiceFileOf(const InvokeCommandLine& line) {
  if (line.config || line.code) return line.config;
  std::error_code ignored;
  const bool is_there = fs::exists(kDefaultServiceFile, ignored);
  return is_there ? std::optional<std::string>(kDefaultServiceFile) : std::nullopt;
}

std::string Join(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined.append(joined.empty() ? "" : ", ").append(word);
  return joined;
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
  ChosenFunction chosen{.definition = std::move(function->definition), .notices = {}};
  if (!function->without_effect.empty()) {
    chosen.notices.push_back(file + ": without effect here: " + Join(function->without_effect));
  }
  const std::string& wanted = chosen.definition.runtime;
  if (wanted.starts_with("python3.") && wanted != "python" OPENFC_PYTHON_VERSION) {
    chosen.notices.push_back(file + " says " + wanted +
                             ", but this build runs Python " OPENFC_PYTHON_VERSION);
  }
  return chosen;
}

Expected<ChosenFunction> FromOptions(const InvokeCommandLine& line) {
  if (!line.function.empty()) {
    return Error{ErrorCode::kInvalidArgument,
                 "'" + line.function +
                     "' names a function of a s.yaml, but there is no s.yaml in this folder: give "
                     "one with -c"};
  }
  ChosenFunction chosen;
  chosen.definition.code_path = Absolute(line.code.value_or("."));
  chosen.definition.name = NameByFolder(chosen.definition.code_path);
  chosen.definition.handler = line.handler.value_or(chosen.definition.handler);
  return chosen;
}

PlatformLimits LimitsOf(const InvokeCommandLine& line) {
  return line.lifts_limits ? PlatformLimits::kLifted : PlatformLimits::kEnforced;
}

std::string FindRloader() {
  std::error_code error;
  const fs::path own = fs::read_symlink("/proc/self/exe", error);
  return (own.parent_path() / "rloader").string();
}

/// False when not everything could be written.
bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      pollfd room{.fd = fd, .events = POLLOUT, .revents = 0};
      ::poll(&room, 1, -1);  // A terminal or pipe that another program has made non-blocking.
      continue;
    }
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void Say(std::string_view text) { WriteAll(STDERR_FILENO, "fclocal: " + std::string(text) + "\n"); }

int WriteOutput(std::string_view bytes) {
  if (WriteAll(STDOUT_FILENO, bytes)) return 0;
  Say("the result cannot be written to standard output: " + std::generic_category().message(errno));
  return kOutputExit;
}

/// The result's last line is not ended by us; on a terminal what follows would run into it.
void EndLineOnTerminal(const std::string& body) {
  if (body.empty() || body.ends_with('\n')) return;
  if (::isatty(STDOUT_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1) WriteAll(STDERR_FILENO, "\n");
}

int PrintReport(const RunReport& report, const InvokeCommandLine& line) {
  int exit_code = ExitCodeOf(report);
  if (line.wants_json) {
    const int output = WriteOutput(JsonReport(report));
    return output != 0 ? output : exit_code;
  }
  if (report.ending == Ending::kNotStarted) {
    Say("the instance could not start: " + report.reason);
  } else if (report.ending == Ending::kInterrupted) {
    Say("interrupted: the instance was stopped");
  } else {
    const int output = WriteOutput(report.body);
    if (output != 0) exit_code = output;
    EndLineOnTerminal(report.body);
    if (!line.is_quiet) WriteAll(STDERR_FILENO, FiguresLine(report) + "\n");
  }
  return exit_code;
}

InstanceLogOptions LogOptionsOf(const InvokeCommandLine& line) {
  InstanceLogOptions options;
  if (line.wants_json) options.kept_bytes = kKeptForJson;
  if (!line.wants_json && !line.is_quiet) options.live_fd = STDERR_FILENO;
  return options;
}

}  // namespace

Expected<ChosenFunction> ChooseFunction(const InvokeCommandLine& line,
                                        const Variables& environment) {
  const auto file = ServiceFileOf(line);
  auto chosen = file ? FromServiceFile(*file, line, environment) : FromOptions(line);
  if (!chosen) return chosen.error();
  FunctionDefinition& definition = chosen->definition;
  definition.timeout = line.timeout.value_or(definition.timeout);
  definition.memory_mb = line.memory_mb.value_or(definition.memory_mb);
  for (const auto& [name, value] : line.environment) definition.environment[name] = value;
  if (const Status fits = CheckDefinition(definition, LimitsOf(line)); !fits) return fits.error();
  return chosen;
}

int Invoke(const InvokeCommandLine& line, const Variables& environment) {
  auto chosen = ChooseFunction(line, environment);
  if (!chosen) return RefuseUsage(chosen.error());
  auto event = ReadEvent(line.event, line.event_file, LimitsOf(line));
  if (!event) return RefuseUsage(event.error());
  if (!line.is_quiet) {
    for (const std::string& notice : chosen->notices) Say("notice: " + notice);
  }
  RunOptions options{.function = std::move(chosen->definition),
                     .event = *std::move(event),
                     .limits = LimitsOf(line),
                     .rloader = FindRloader(),
                     .own_environment = environment,
                     .log = LogOptionsOf(line)};
  if (line.bootstrap) options.bootstrap = Absolute(*line.bootstrap);
  RunReport report;
  {
    const auto signals = StopSignals::Hold();
    if (!signals) {
      Say(signals.error().message);
      return kNotStartedExit;
    }
    report = RunInvocation(std::move(options), **signals);
  }
  return PrintReport(report, line);
}

int RefuseUsage(const Error& error) {
  Say(error.message);
  return kUsageExit;
}

}  // namespace openfc::emulator
