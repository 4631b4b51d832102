#pragma once

#include "emulator/commands/command.h"

namespace openfc::emulator {

/// `fclocal logs`: what functions have logged.
Interpretation DeclareLogs(CLI::App& app);

}  // namespace openfc::emulator
