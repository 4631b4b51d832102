#pragma once

#include "emulator/commands/command.h"

namespace openfc::emulator {

/// `fclocal event`: prints what a trigger would send.
Interpretation DeclareEvent(CLI::App& app);

}  // namespace openfc::emulator
