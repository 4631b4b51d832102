// fcsandbox: runs untrusted code for other programs. Reads the command line, once, and hands it to
// the command (docs/architecture.md).

#include "sandbox/commands/doctor_command.h"
#include "sandbox/commands/isolation_options.h"

#include <CLI/CLI.hpp>
#include <signal.h>
#include <sysexits.h>

#include <cstdio>
#include <exception>
#include <string>

namespace openfc::sandbox {
namespace {

struct Words {
  IsolationWords isolation;
  std::string state = "/tmp";
  bool as_json = false;
};

void AddIsolation(CLI::App& command, Words& words) {
  command.add_option("--isolation", words.isolation.profile,
                     "auto, full, setuid, unpriv, instance or none");
  command.add_option("--allow-missing", words.isolation.allow_missing,
                     "Properties that need not be kept, as P6,P8");
  command.add_option("--state", words.state, "A folder for the folders of runs");
}

int Doctor(const Words& words) {
  auto choice = ParseIsolation(words.isolation);
  if (!choice) {
    (void)std::fprintf(stderr, "fcsandbox: %s\n", choice.error().message.c_str());
    return EX_USAGE;
  }
  return RunDoctor({.as_json = words.as_json, .choice = *std::move(choice), .state = words.state});
}

int Main(int count, char** arguments) {
  (void)::signal(SIGPIPE, SIG_IGN);  // A reader that goes away is an error of the write.
  Words words;
  CLI::App program("Runs untrusted code, isolated", "fcsandbox");
  program.set_version_flag("--version", OPENFC_VERSION);
  program.require_subcommand(1);
  CLI::App* doctor = program.add_subcommand("doctor", "Say what isolation can be had here");
  doctor->add_flag("--json", words.as_json, "For a program");
  AddIsolation(*doctor, words);
  try {
    program.parse(count, arguments);
  } catch (const CLI::ParseError& failure) {
    return program.exit(failure) == 0 ? 0 : EX_USAGE;
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
