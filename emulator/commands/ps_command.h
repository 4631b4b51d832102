#pragma once

#include "emulator/commands/command.h"

namespace openfc::emulator {

/// `fclocal ps`: what a running fclocal serves, and the instances of it.
Interpretation DeclarePs(CLI::App& app);

}  // namespace openfc::emulator
