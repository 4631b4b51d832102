#include "emulator/commands/debug_options.h"

#include "emulator/commands/option_number.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace openfc::emulator {
namespace {

struct RawDebugOptions {
  std::string port;
  bool writes_launch_entry = false;
};

Expected<DebugOptions> Interpret(const CLI::App& app, const RawDebugOptions& raw) {
  DebugOptions options{.port = std::nullopt, .writes_launch_entry = raw.writes_launch_entry};
  if (app.count("--debug-port") == 0) {
    if (!raw.writes_launch_entry) return options;
    return Error{ErrorCode::kInvalidArgument, "--vscode is about debugging: add --debug-port"};
  }
  const auto port = ParseNumber("--debug-port", raw.port, "a port", {.least = 1, .most = 65535});
  if (!port) return port.error();
  options.port = static_cast<int>(*port);
  return options;
}

}  // namespace

std::function<Expected<DebugOptions>()> DeclareDebugOptions(CLI::App& app) {
  const auto raw = std::make_shared<RawDebugOptions>();  // Written by the parser, read afterwards.
  app.add_option("--debug-port", raw->port,
                 "An instance waits until an IDE attaches there (debugpy), and has all the time")
      ->type_name("PORT");
  app.add_flag("--vscode", raw->writes_launch_entry,
               "Write what attaches into .vscode/launch.json here");
  return [&app, raw] { return Interpret(app, *raw); };
}

}  // namespace openfc::emulator
