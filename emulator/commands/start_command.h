#pragma once

#include "emulator/commands/command.h"

namespace openfc::emulator {

/// `fclocal start`: serves functions until it is told to stop.
Interpretation DeclareStart(CLI::App& app);

}  // namespace openfc::emulator
