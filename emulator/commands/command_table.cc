#include "emulator/commands/command_table.h"

#include "emulator/commands/invoke_command.h"

namespace openfc::emulator {
namespace {

constexpr Command kCommands[] = {
    {"invoke", "Invokes a function once", DeclareInvoke},
};

}  // namespace

std::span<const Command> AllCommands() { return kCommands; }

}  // namespace openfc::emulator
