#include "emulator/commands/invoke_command.h"

#include "emulator/commands/custom_invoke.h"
#include "emulator/commands/debugging.h"
#include "emulator/commands/function_choice.h"
#include "emulator/commands/invoke_options.h"
#include "emulator/commands/packages.h"
#include "emulator/commands/terminal.h"
#include "emulator/commands/trigger_call.h"
#include "emulator/event_source.h"
#include "emulator/events/sample_event.h"
#include "emulator/invocation_run.h"
#include "emulator/report.h"
#include "runtime/process/stop_signals.h"

#include <unistd.h>

#include <filesystem>
#include <optional>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr int kNotStartedExit = 3;
constexpr const char* kOutput = "the result";
constexpr std::size_t kKeptForJson = 8UL * 1024 * 1024;

/// The result's last line is not ended by us; on a terminal what follows would run into it.
void EndLineOnTerminal(const std::string& body) {
  if (body.empty() || body.ends_with('\n')) return;
  if (IsOnTerminal() && ::isatty(STDERR_FILENO) == 1) WriteToStderr("\n");
}

int PrintReport(const RunReport& report, const InvokeCommandLine& line) {
  int exit_code = ExitCodeOf(report);
  if (line.wants_json) {
    const int output = WriteOutput(kOutput, JsonReport(report));
    return output != 0 ? output : exit_code;
  }
  if (report.ending == Ending::kNotStarted) {
    Say("the instance could not start: " + report.reason);
  } else if (report.ending == Ending::kInterrupted) {
    Say("interrupted: the instance was stopped");
  } else {
    const int output = WriteOutput(kOutput, report.body);
    if (output != 0) exit_code = output;
    EndLineOnTerminal(report.body);
    if (!line.is_quiet) WriteToStderr(FiguresLine(report) + "\n");
  }
  return exit_code;
}

InstanceLogOptions LogOptionsOf(const InvokeCommandLine& line) {
  InstanceLogOptions options;
  if (line.wants_json) options.kept_bytes = kKeptForJson;
  if (!line.wants_json && !line.is_quiet) options.live_fd = STDERR_FILENO;
  return options;
}

Expected<std::string> EventOf(const InvokeCommandLine& line) {
  if (!line.event_type) return ReadEvent(line.event, line.event_file, LimitsOf(line));
  const auto type = EventTypeOf(*line.event_type);
  if (!type) return type.error();
  return MakeSampleEvent(**type, line.event_settings);
}

/// That of the s.yaml, or the current one.
std::string BaseFolderOf(const InvokeCommandLine& line) {
  return std::filesystem::path(Absolute(line.config.value_or("s.yaml"))).parent_path().string();
}

Status Debug(const InvokeCommandLine& line, FunctionDefinition& function) {
  if (!line.debug.port) return Ok();
  const Status ready = PrepareDebugging(function, line.bootstrap.has_value(), *line.debug.port);
  if (!ready) return ready.error();
  Say(function.name + " waits for a debugger on 127.0.0.1:" + std::to_string(*line.debug.port));
  if (!line.debug.writes_launch_entry) return Ok();
  return WriteLaunchEntry(Absolute("."), function, *line.debug.port);
}

/// Nothing when signals cannot be held, which is said.
std::optional<RunReport> RunUntilSignal(RunOptions options, TriggerCall call) {
  const auto signals = StopSignals::Hold();
  if (!signals) {
    Say(signals.error().message);
    return std::nullopt;
  }
  if (options.function.custom && !options.bootstrap) {
    return RunCustomInvocation(std::move(options), std::move(call), **signals);
  }
  options.event = std::move(call.body);
  options.http_params = std::move(call.http_params);
  return RunInvocation(std::move(options), **signals);
}

int Invoke(const InvokeCommandLine& line, const Variables& environment) {
  auto chosen = ChooseFunction(line, environment);
  if (!chosen) return RefuseUsage(chosen.error());
  auto event = EventOf(line);
  if (!event) return RefuseUsage(event.error());
  auto call = TriggerCallOf(line, chosen->definition, *std::move(event));
  if (!call) return RefuseUsage(call.error());
  if (!line.is_quiet) {
    for (const std::string& notice : chosen->notices) Say("notice: " + notice);
  }
  const auto packages = PreparePackages(chosen->definition, BaseFolderOf(line), environment);
  if (!packages) return RefuseUsage(packages.error());
  if (!line.is_quiet) {
    for (const std::string& notice : packages->notices) Say("notice: " + notice);
  }
  if (const Status ready = Debug(line, chosen->definition); !ready)
    return RefuseUsage(ready.error());
  RunOptions options{.function = std::move(chosen->definition),
                     .event = {},
                     .limits = LimitsOf(line),
                     .rloader = FindRloader(),
                     .own_environment = environment,
                     .mounts = packages->mounts,
                     .log = LogOptionsOf(line),
                     .start_time = line.debug.port ? kDebugTime : RunOptions().start_time};
  if (line.bootstrap) options.bootstrap = Absolute(*line.bootstrap);
  const auto report = RunUntilSignal(std::move(options), *std::move(call));
  return report ? PrintReport(*report, line) : kNotStartedExit;
}

}  // namespace

Interpretation DeclareInvoke(CLI::App& app) {
  return [read = DeclareInvokeOptions(app)]() -> Expected<Work> {
    auto line = read();
    if (!line) return line.error();
    return Work([line = *std::move(line)](const Variables& environment) {
      return Invoke(line, environment);
    });
  };
}

}  // namespace openfc::emulator
