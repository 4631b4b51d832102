#pragma once

#include "emulator/commands/command.h"

namespace openfc::emulator {

/// `fclocal stop`: ends instances, or all of a running fclocal.
Interpretation DeclareStop(CLI::App& app);

}  // namespace openfc::emulator
