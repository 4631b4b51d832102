// fcsandbox: runs untrusted code for other programs. Reads the command line, once, and hands it to
// the command (docs/architecture.md).

#include "sandbox/commands/batch_command.h"
#include "sandbox/commands/doctor_command.h"
#include "sandbox/commands/engine_setup.h"
#include "sandbox/commands/serve_command.h"

#include <CLI/CLI.hpp>
#include <signal.h>
#include <sysexits.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>

namespace openfc::sandbox {
namespace {

struct Words {
  EngineWords engine;
  ServeWords serve;
  bool as_json = false;
  std::string input;
};

void AddIsolation(CLI::App& command, EngineWords& words) {
  command.add_option("--isolation", words.isolation.profile,
                     "auto, full, setuid, unpriv, instance or none");
  command.add_option("--allow-missing", words.isolation.allow_missing,
                     "Properties that need not be kept, as P6,P8");
  command.add_option("--state", words.state, "A folder for the folders of runs");
}

void AddEngine(CLI::App& command, EngineWords& words) {
  AddIsolation(command, words);
  command.add_option("--runs", words.runs, "Runs at once")->check(CLI::Range(1, 256));
  command.add_option("--queue", words.queue, "Runs that may wait")->check(CLI::Range(1, 100000));
  command.add_flag("!--no-data", words.has_data, "Keep no numpy and its like warm");
}

void AddServe(CLI::App& program, ServeWords& words) {
  AddEngine(program, words.engine);
  program.add_option("--serve", words.dialect, "The service to be for its clients")
      ->check(CLI::IsMember(DialectNames()));
  program.add_option("--listen", words.address, "An address of this machine");
  program.add_option("--port", words.port, "0: any; without it, the service's own");
  program.add_option("--api-key-file", words.api_key_file, "The keys that open it, one a line");
  program
      .add_option("--allow-host", words.allowed_hosts,
                  "A further name that it is called by, and whose pages may run code here")
      ->type_name("NAME[:PORT]");
  program.add_flag("--cors", words.allows_cross_origin, "Let pages of any host run code here");
}

/// A number of bytes, or as 256MB.
void AddSize(CLI::App& program, const std::string& name, std::optional<std::int64_t>& bytes,
             const std::string& meaning) {
  program.add_option(name, bytes, meaning)->transform(CLI::AsSizeValue(false))->type_name("SIZE");
}

void AddLimits(CLI::App& program, LimitChoice& limits) {
  CLI::Option_group& group = *program.add_option_group("Limits of each run");
  AddSize(group, "--memory", limits.memory_bytes, "Of all its processes, as 256MB");
  group.add_option("--processes", limits.processes, "Threads count");
  group.add_option("--open-files", limits.open_files, "Of each process");
  AddSize(group, "--file-size", limits.file_bytes, "The longest file");
  AddSize(group, "--disk", limits.disk_bytes, "Of all files that are left");
  AddSize(group, "--output", limits.output_bytes, "Kept of standard output and error each");
}

/// The group, whose options only this service has.
CLI::App& AddPremierLangage(CLI::App& program, PremierLangageOptions& options) {
  constexpr double kPerSecond = 1000;
  CLI::Option_group& group = *program.add_option_group("The PremierLangage service");
  group.add_option("--budget", options.budget_seconds, "Of a request's commands, in seconds")
      ->check(CLI::Range(0.001, std::chrono::duration<double>(WidestLimits().wall).count()));
  group
      .add_option_function<double>(
          "--container-wait",
          [&options](double seconds) {
            options.patience = std::chrono::milliseconds(std::llround(seconds * kPerSecond));
          },
          "For a container that is free, in seconds")
      ->check(CLI::Range(0.0, 600.0));
  group
      .add_option_function<std::int64_t>(
          "--environment-lifetime",
          [&options](std::int64_t seconds) { options.lifetime = std::chrono::seconds(seconds); },
          "Of saved environments, in seconds")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 32U));
  group.add_option("--environments-size", options.saved_bytes, "Of all saved environments, as 1GB")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 50U))
      ->type_name("SIZE");
  return group;
}

int RefuseWord(const std::string& why) {
  (void)std::fprintf(stderr, "fcsandbox: %s\n", why.c_str());
  return EX_USAGE;
}

int Doctor(const Words& words) {
  auto choice = ParseIsolation(words.engine.isolation);
  if (!choice) return RefuseWord(choice.error().message);
  return RunDoctor({.as_json = words.as_json,
                    .choice = *std::move(choice),
                    .state = words.engine.state.empty() ? "/tmp" : words.engine.state});
}

int Main(int count, char** arguments) {
  (void)::signal(SIGPIPE, SIG_IGN);  // A reader that goes away is an error of the write.
  Words words;
  CLI::App program("Runs untrusted code, isolated", "fcsandbox");
  program.set_version_flag("--version", OPENFC_VERSION);
  program.require_subcommand(0, 1);
  AddServe(program, words.serve);
  AddLimits(program, words.serve.limits);
  const CLI::App& of_premierlangage = AddPremierLangage(program, words.serve.premierlangage);
  CLI::App* doctor = program.add_subcommand("doctor", "Say what isolation can be had here");
  doctor->add_flag("--json", words.as_json, "For a program");
  AddIsolation(*doctor, words.engine);
  CLI::App* batch = program.add_subcommand("batch", "Run what standard input says, a run a line");
  AddEngine(*batch, words.engine);
  batch->add_option("file", words.input, "Instead of standard input")->check(CLI::ExistingFile);
  try {
    program.parse(count, arguments);
  } catch (const CLI::ParseError& failure) {
    return program.exit(failure) == 0 ? 0 : EX_USAGE;
  }
  if (*batch && words.input.empty()) return RunBatch(words.engine, std::cin, std::cout);
  if (*batch) {
    std::ifstream file(words.input);
    return RunBatch(words.engine, file, std::cout);
  }
  if (*doctor) return Doctor(words);
  if (of_premierlangage.count_all() > 0 && words.serve.dialect != kPremierLangage) {
    return RefuseWord(
        "--budget, --container-wait, --environment-lifetime and --environments-size are for "
        "--serve premierlangage");
  }
  if (!words.serve.dialect.empty()) return RunServe(words.serve);
  return RefuseWord("say --serve, doctor or batch (--help)");
}

}  // namespace
}  // namespace openfc::sandbox

int main(int count, char** arguments) try {
  return openfc::sandbox::Main(count, arguments);
} catch (const std::exception& failure) {
  (void)std::fprintf(stderr, "fcsandbox: %s\n", failure.what());
  return EX_SOFTWARE;
}
