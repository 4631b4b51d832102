#pragma once

#include "emulator/commands/command.h"

namespace openfc::emulator {

/// `fclocal build`: installs what functions need beside their code.
Interpretation DeclareBuild(CLI::App& app);

}  // namespace openfc::emulator
