#pragma once

#include "emulator/commands/command.h"

namespace openfc::emulator {

/// `fclocal invoke`: one instance, one invocation, its result.
Interpretation DeclareInvoke(CLI::App& app);

}  // namespace openfc::emulator
