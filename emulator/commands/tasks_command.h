#pragma once

#include "emulator/commands/command.h"

namespace openfc::emulator {

/// `fclocal tasks`: the asynchronous invocations of a running fclocal.
Interpretation DeclareTasks(CLI::App& app);

}  // namespace openfc::emulator
