// fclocal: the platform on one machine. Reads the command line and the environment, once, and hands
// them to the command (docs/architecture.md).

#include "emulator/commands/command_line.h"
#include "emulator/commands/command_table.h"
#include "emulator/commands/terminal.h"
#include "runtime/base/log.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>
#include <variant>

namespace openfc::emulator {
namespace {

Variables ReadEnvironment() {
  Variables environment;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) {
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return environment;
}

int Main(int count, char** words) {
  InitLog({.program = "fclocal", .level = spdlog::level::warn});
  (void)::signal(SIGPIPE, SIG_IGN);  // A reader that goes away is an error of the write.
  const auto asked = ParseCommandLine(AllCommands(), count, words);
  if (!asked) return RefuseUsage(asked.error());
  if (const auto* printout = std::get_if<Printout>(&*asked)) {
    return std::fputs(printout->text.c_str(), stdout) < 0 ? 1 : 0;
  }
  return std::get<Work>(*asked)(ReadEnvironment());
}

}  // namespace
}  // namespace openfc::emulator

int main(int count, char** words) { return openfc::emulator::Main(count, words); }
