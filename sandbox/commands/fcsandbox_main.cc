// fcsandbox: runs untrusted code for other programs. Reads the command line, once, and hands it to
// the command (docs/architecture.md).

#include "sandbox/commands/batch_command.h"
#include "sandbox/commands/doctor_command.h"
#include "sandbox/commands/engine_setup.h"

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
  program.require_subcommand(1);
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
  return Doctor(words);
}

}  // namespace
}  // namespace openfc::sandbox

int main(int count, char** arguments) try {
  return openfc::sandbox::Main(count, arguments);
} catch (const std::exception& failure) {
  (void)std::fprintf(stderr, "fcsandbox: %s\n", failure.what());
  return EX_SOFTWARE;
}
