// fcsandbox: runs untrusted code for other programs. Reads the command line, once, and hands it to
// the command (docs/architecture.md).

#include "sandbox/commands/batch_command.h"
#include "sandbox/commands/doctor_command.h"
#include "sandbox/commands/engine_setup.h"
#include "sandbox/commands/serve_command.h"

#include <CLI/CLI.hpp>
#include <signal.h>
#include <sysexits.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
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
  program.add_option("--allow-host", words.allowed_hosts, "A further name that it is called by");
  program.add_flag("--cors", words.allows_cross_origin, "Let pages of any host run code here");
}

int Doctor(const Words& words) {
  auto choice = ParseIsolation(words.engine.isolation);
  if (!choice) {
    (void)std::fprintf(stderr, "fcsandbox: %s\n", choice.error().message.c_str());
    return EX_USAGE;
  }
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
  if (!words.serve.dialect.empty()) return RunServe(words.serve);
  (void)std::fprintf(stderr, "fcsandbox: say --serve, doctor or batch (--help)\n");
  return EX_USAGE;
}

}  // namespace
}  // namespace openfc::sandbox

int main(int count, char** arguments) try {
  return openfc::sandbox::Main(count, arguments);
} catch (const std::exception& failure) {
  (void)std::fprintf(stderr, "fcsandbox: %s\n", failure.what());
  return EX_SOFTWARE;
}
