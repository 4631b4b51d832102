#pragma once

#include "emulator/commands/command.h"

#include <span>

namespace openfc::emulator {

/// All commands of fclocal, in the order in which --help lists them.
std::span<const Command> AllCommands();

}  // namespace openfc::emulator
