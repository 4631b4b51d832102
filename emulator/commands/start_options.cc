#include "emulator/commands/start_options.h"

#include "emulator/commands/option_number.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr const char* kStartExamples = R"(Examples:
  fclocal start                           every function of ./s.yaml, on 127.0.0.1:8080
  fclocal start --code src --handler app.main --port 9090
  curl localhost:8080/2023-03-30/functions/hello/invocations -d '{"key": "value"}'
  curl localhost:8080/proxy/hello/        its HTTP trigger, if it has one

Ctrl-C stops it, and every instance.)";

/// The options as CLI11 fills them in: texts, so that the sentences about them are ours.
struct RawStartOptions {
  std::string config, code, handler, bootstrap, state_dir, auth, auth_file, address, port,
      max_instances, max_waiting, concurrency, cpu, freeze_after, stop_after, start_time;
  std::vector<std::string> allowed_hosts;
  bool stays_with_code = false;
  bool is_quiet = false;
  bool lifts_limits = false;
};

void DeclareFunctions(CLI::App& app, RawStartOptions& raw) {
  app.add_option("-c,--config", raw.config, "The s.yaml that describes the functions")
      ->type_name("FILE");
  app.add_option("--code", raw.code, "The folder of one function's code")->type_name("DIR");
  app.add_option("--handler", raw.handler, "What to call there: index.handler")
      ->type_name("MODULE.FUNCTION");
  app.add_option("--bootstrap", raw.bootstrap,
                 "A program that speaks the Runtime API, in place of the Python runtime")
      ->type_name("PROGRAM");
  app.add_flag("--no-limits", raw.lifts_limits,
               "Let through what the platform would refuse: a larger event, odd numbers");
}

void DeclareServing(CLI::App& app, RawStartOptions& raw) {
  app.add_option("--host", raw.address, "The address to listen on: 127.0.0.1")
      ->type_name("ADDRESS");
  app.add_option("--port", raw.port, "The port: 8080; 0: any that is free")->type_name("PORT");
  app.add_option("--allow-host", raw.allowed_hosts,
                 "A further host name under which it may be called, and whose pages may call it; "
                 "may be repeated")
      ->type_name("NAME[:PORT]")
      ->allow_extra_args(false);
  app.add_option("--max-instances", raw.max_instances, "Instances of a function at once: 10")
      ->type_name("COUNT");
  app.add_option("--max-waiting", raw.max_waiting,
                 "Calls that wait for an instance of a function: 1000")
      ->type_name("COUNT");
  app.add_option("--concurrency", raw.concurrency,
                 "Invocations at once in one instance, in place of instanceConcurrency")
      ->type_name("COUNT");
  app.add_option("--cpu", raw.cpu, "An instance's share of processors, in place of cpu")
      ->type_name("COUNT");
  app.add_option("--freeze-after", raw.freeze_after, "Idle so long, an instance is frozen: 500")
      ->type_name("MS");
  app.add_option("--start-timeout", raw.start_time,
                 "How long an instance may take until it is ready: 120")
      ->type_name("SECONDS");
  app.add_option("--stop-after", raw.stop_after, "Frozen so long, it is stopped: 600")
      ->type_name("SECONDS");
  app.add_option("--auth", raw.auth, "Serve only requests that are signed with this key pair")
      ->type_name("ID:SECRET");
  app.add_option("--auth-file", raw.auth_file, "The same, with the key pair in a file")
      ->type_name("FILE");
  app.add_option("--state-dir", raw.state_dir,
                 "Where logs and the queue are kept: .fclocal beside the s.yaml, or in the code's "
                 "folder")
      ->type_name("DIR");
  app.add_flag("--no-reload", raw.stays_with_code,
               "Leave all as it is when the code or the s.yaml changes");
  app.add_flag("--quiet", raw.is_quiet, "Do not show what the functions log");
  app.footer(kStartExamples);
}

/// Into `number`, when the option was given.
template <typename Number>
Status Read(const CLI::App& app, const char* option, const std::string& text, const char* unit,
            NumberRange range, Number& number) {
  if (app.count(option) == 0) return Ok();
  const auto parsed = ParseNumber(option, text, unit, range);
  if (!parsed) return parsed.error();
  number = static_cast<Number>(*parsed);
  return Ok();
}

Status ReadNumbers(const CLI::App& app, const RawStartOptions& raw, StartCommandLine& line) {
  std::int64_t port = line.port;
  auto most = static_cast<std::int64_t>(line.max_instances);
  auto most_waiting = static_cast<std::int64_t>(line.max_waiting);
  std::int64_t concurrency = 0;
  Status read = Read(app, "--port", raw.port, "a port", {.least = 0, .most = 65535}, port);
  if (read) read = Read(app, "--max-instances", raw.max_instances, "instances", {}, most);
  if (read) read = Read(app, "--max-waiting", raw.max_waiting, "calls", {.least = 0}, most_waiting);
  if (read) {
    read = Read(app, "--concurrency", raw.concurrency, "invocations", {.least = 1, .most = 512},
                concurrency);
  }
  if (read) {
    read = Read(app, "--freeze-after", raw.freeze_after, "milliseconds", {.least = 0},
                line.freeze_after);
  }
  if (read) {
    read = Read(app, "--start-timeout", raw.start_time, "seconds", {}, line.start_time);
  }
  if (read) read = Read(app, "--stop-after", raw.stop_after, "seconds", {}, line.stop_after);
  if (!read) return read.error();
  line.port = static_cast<std::uint16_t>(port);
  line.max_instances = static_cast<std::size_t>(most);
  line.max_waiting = static_cast<std::size_t>(most_waiting);
  if (concurrency > 0) line.concurrency = static_cast<int>(concurrency);
  return Ok();
}

std::optional<std::string> Given(const CLI::App& app, const char* option, std::string& text) {
  if (app.count(option) == 0) return std::nullopt;
  return std::move(text);
}

Expected<StartCommandLine> Interpret(const CLI::App& app, RawStartOptions& raw,
                                     const DebugOptions& debug) {
  StartCommandLine line;
  line.debug = debug;
  line.config = Given(app, "--config", raw.config);
  line.code = Given(app, "--code", raw.code);
  line.handler = Given(app, "--handler", raw.handler);
  line.bootstrap = Given(app, "--bootstrap", raw.bootstrap);
  line.state_dir = Given(app, "--state-dir", raw.state_dir);
  line.auth = Given(app, "--auth", raw.auth);
  line.auth_file = Given(app, "--auth-file", raw.auth_file);
  line.address = Given(app, "--host", raw.address).value_or(line.address);
  line.allowed_hosts = std::move(raw.allowed_hosts);
  line.is_quiet = raw.is_quiet;
  line.reloads_code = !raw.stays_with_code;
  line.lifts_limits = raw.lifts_limits;
  if (line.config && line.code) {
    return Error{ErrorCode::kInvalidArgument,
                 "-c and --code both say what to serve: drop one of them"};
  }
  if (line.auth && line.auth_file) {
    return Error{ErrorCode::kInvalidArgument,
                 "--auth and --auth-file both give a key pair: drop one of them"};
  }
  if (const Status read = ReadNumbers(app, raw, line); !read) return read.error();
  if (app.count("--cpu") > 0) {
    const auto cpu = ParseDecimal("--cpu", raw.cpu, "processors");
    if (!cpu) return cpu.error();
    line.cpu = *cpu;
  }
  return line;
}

}  // namespace

std::function<Expected<StartCommandLine>()> DeclareStartOptions(CLI::App& app) {
  const auto raw =
      std::make_shared<RawStartOptions>();  // The parser writes it, the returned reads it.
  DeclareFunctions(app, *raw);
  DeclareServing(app, *raw);
  return [&app, raw, debug = DeclareDebugOptions(app)]() -> Expected<StartCommandLine> {
    const auto debugging = debug();
    return debugging ? Interpret(app, *raw, *debugging) : debugging.error();
  };
}

}  // namespace openfc::emulator
