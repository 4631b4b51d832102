#pragma once

#include "emulator/commands/parser.h"
#include "emulator/variables.h"
#include "runtime/base/error.h"

#include <functional>

namespace openfc::emulator {

/// What was asked for, ready to be done. `environment` is fclocal's own; gives the exit code.
using Work = std::function<int(const Variables& environment)>;

/// Makes work of what was written; kInvalidArgument with a sentence for what cannot be meant.
using Interpretation = std::function<Expected<Work>()>;

/// One command of fclocal. `declare` says, to the parser, what options it has, and returns what is
/// made of them once they are parsed, while `app` lives.
struct Command {
  const char* name;
  const char* description;
  Interpretation (*declare)(CLI::App& app);
};

}  // namespace openfc::emulator
