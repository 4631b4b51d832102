#pragma once

#include "emulator/commands/parser.h"
#include "runtime/base/error.h"

#include <functional>
#include <optional>

namespace openfc::emulator {

/// Whether functions are to be debugged, as it was asked for.
struct DebugOptions {
  std::optional<int> port;           // That an IDE attaches to.
  bool writes_launch_entry = false;  // For VS Code.
};

/// Declares --debug-port and --vscode. What is returned reads them, once they are parsed and while
/// `app` lives: kInvalidArgument with a sentence for what cannot be meant.
std::function<Expected<DebugOptions>()> DeclareDebugOptions(CLI::App& app);

}  // namespace openfc::emulator
