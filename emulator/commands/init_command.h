#pragma once

#include "emulator/commands/command.h"

namespace openfc::emulator {

/// `fclocal init`: the files of a new function.
Interpretation DeclareInit(CLI::App& app);

}  // namespace openfc::emulator
