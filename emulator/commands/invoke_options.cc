#include "emulator/commands/invoke_options.h"

#include "emulator/commands/event_options.h"
#include "emulator/commands/option_number.h"
#include "emulator/function_definition.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace openfc::emulator {
namespace {

constexpr const char* kInvokeExamples = R"(Examples:
  fclocal invoke                          the function of ./s.yaml, else ./index.py; an empty event
  fclocal invoke -e '{"key": "value"}'    with this event
  fclocal invoke --event-type oss         what a trigger would send (fclocal event --list)
  fclocal invoke -f event.json --quiet    the event from a file; the result alone on stdout
  fclocal invoke -c prod/s.yaml resize    one of several functions
  fclocal invoke --code src --handler app.main --timeout 10 --memory 256 --env MODE=test

Exit codes: 0 result, 1 the function failed, 2 usage, 3 the instance could not start, 4 timeout.)";

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

/// The options as CLI11 fills them in: texts, so that the sentences about them are ours.
struct RawInvokeOptions {
  std::string event, event_file, event_type, code, handler, config, function, timeout, memory, cpu,
      bootstrap;
  std::vector<std::string> environment, event_settings;
  bool wants_json = false;
  bool is_quiet = false;
  bool lifts_limits = false;
};

void Declare(CLI::App& invoke, RawInvokeOptions& raw) {
  invoke.add_option("-e,--event", raw.event, "The event, as it is")->type_name("TEXT");
  invoke.add_option("-f,--event-file", raw.event_file, "The event from a file; - is stdin")
      ->type_name("FILE");
  invoke.add_option("--event-type", raw.event_type, "A sample event (fclocal event --list)")
      ->type_name("TYPE");
  DeclareEventSettings(invoke, raw.event_settings);
  invoke.add_option("--code", raw.code, "The folder of the function's code")->type_name("DIR");
  invoke.add_option("--handler", raw.handler, "What to call: index.handler")
      ->type_name("MODULE.FUNCTION");
  invoke.add_option("-c,--config", raw.config, "The s.yaml that describes the function")
      ->type_name("FILE");
  invoke.add_option("NAME", raw.function, "Which function of the s.yaml, when it has several");
  invoke.add_option("--timeout", raw.timeout, "How long the function may take: 3")
      ->type_name("SECONDS");
  invoke.add_option("--memory", raw.memory, "How much memory it may use: 512")->type_name("MB");
  invoke.add_option("--cpu", raw.cpu, "Its share of processors: 0.35")->type_name("COUNT");
  invoke.add_option("--env", raw.environment, "A variable of its environment; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  invoke
      .add_option("--bootstrap", raw.bootstrap,
                  "A program that speaks the Runtime API, in place of the Python runtime")
      ->type_name("PROGRAM");
  invoke.add_flag("--json", raw.wants_json, "Print result, log and figures as one JSON object");
  invoke.add_flag("--quiet", raw.is_quiet, "Print the result alone");
  invoke.add_flag("--no-limits", raw.lifts_limits,
                  "Let through what the platform would refuse: a larger event, odd numbers");
  invoke.footer(kInvokeExamples);
}

Status AddVariable(const std::string& text, Variables& environment) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) {
    return Invalid("--env is '" + text + "', but must be KEY=VALUE");
  }
  const std::string name = text.substr(0, equals);
  if (const Status checked = CheckVariableName(name); !checked) return checked.error();
  environment[name] = text.substr(equals + 1);
  return Ok();
}

std::optional<std::string> Given(const CLI::App& app, const char* option, std::string& text) {
  if (app.count(option) == 0) return std::nullopt;
  return std::move(text);
}

Status CheckCombination(const InvokeCommandLine& line) {
  if (line.event && line.event_file) {
    return Invalid("-e and -f both give the event: drop one of them");
  }
  if (line.event_type && (line.event || line.event_file)) {
    const std::string other = line.event ? "-e" : "-f";
    return Invalid("--event-type and " + other + " both give the event: drop one of them");
  }
  if (!line.event_type && !line.event_settings.empty()) {
    return Invalid("--set is about a sample event: add --event-type");
  }
  if (line.wants_json && line.is_quiet) {
    return Invalid("--json and --quiet contradict each other: drop one of them");
  }
  if (!line.function.empty() && line.code && !line.config) {
    return Invalid("'" + line.function +
                   "' names a function of a s.yaml, but --code is given without one: add -c, or "
                   "drop the name");
  }
  return Ok();
}

Expected<InvokeCommandLine> Interpret(const CLI::App& invoke, RawInvokeOptions& raw) {
  InvokeCommandLine line{.event = Given(invoke, "--event", raw.event),
                         .event_file = Given(invoke, "--event-file", raw.event_file),
                         .event_type = Given(invoke, "--event-type", raw.event_type),
                         .event_settings = {},
                         .code = Given(invoke, "--code", raw.code),
                         .handler = Given(invoke, "--handler", raw.handler),
                         .config = Given(invoke, "--config", raw.config),
                         .function = raw.function,
                         .timeout = {},
                         .memory_mb = {},
                         .cpu = {},
                         .environment = {},
                         .bootstrap = Given(invoke, "--bootstrap", raw.bootstrap),
                         .debug = {},
                         .wants_json = raw.wants_json,
                         .is_quiet = raw.is_quiet,
                         .lifts_limits = raw.lifts_limits};
  if (invoke.count("--timeout") > 0) {
    const auto seconds = ParseNumber("--timeout", raw.timeout, "seconds");
    if (!seconds) return seconds.error();
    line.timeout = std::chrono::seconds(*seconds);
  }
  if (invoke.count("--memory") > 0) {
    const auto megabytes = ParseNumber("--memory", raw.memory, "MB");
    if (!megabytes) return megabytes.error();
    line.memory_mb = *megabytes;
  }
  if (invoke.count("--cpu") > 0) {
    const auto cpu = ParseDecimal("--cpu", raw.cpu, "processors");
    if (!cpu) return cpu.error();
    line.cpu = *cpu;
  }
  for (const std::string& text : raw.environment) {
    if (const Status added = AddVariable(text, line.environment); !added) return added.error();
  }
  auto settings = ReadEventSettings(raw.event_settings);
  if (!settings) return settings.error();
  line.event_settings = *std::move(settings);
  if (const Status fits = CheckCombination(line); !fits) return fits.error();
  return line;
}

}  // namespace

std::function<Expected<InvokeCommandLine>()> DeclareInvokeOptions(CLI::App& app) {
  const auto raw =
      std::make_shared<RawInvokeOptions>();  // The parser writes it, the returned reads it.
  Declare(app, *raw);
  return [&app, raw, debug = DeclareDebugOptions(app)]() -> Expected<InvokeCommandLine> {
    const auto debugging = debug();
    if (!debugging) return debugging.error();
    auto line = Interpret(app, *raw);
    if (line) line->debug = *debugging;
    return line;
  };
}

}  // namespace openfc::emulator
