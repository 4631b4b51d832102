#pragma once

#include "emulator/commands/parser.h"
#include "runtime/base/error.h"

#include <optional>
#include <string>

namespace openfc::emulator {

/// Where a command looks for a running fclocal, as it was written.
struct StatePlace {
  std::string state_dir = {};  // Empty: not given; the others too.
  std::string config = {};
  std::string code = {};
};

/// Declares --state-dir, -c and --code, which fill `place`; it outlives the parser.
void DeclareStatePlace(CLI::App& app, StatePlace& place);

/// The state folder that is meant: the given one, that of the given s.yaml or code, or else the
/// nearest one from the current folder up. kInvalidArgument with a sentence where there is none.
Expected<std::string> ChooseStateFolder(const StatePlace& place);

}  // namespace openfc::emulator
