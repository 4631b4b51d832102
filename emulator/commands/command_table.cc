#include "emulator/commands/command_table.h"

#include "emulator/commands/build_command.h"
#include "emulator/commands/event_command.h"
#include "emulator/commands/init_command.h"
#include "emulator/commands/invoke_command.h"
#include "emulator/commands/logs_command.h"
#include "emulator/commands/ps_command.h"
#include "emulator/commands/start_command.h"
#include "emulator/commands/stop_command.h"
#include "emulator/commands/tasks_command.h"

#include <array>

namespace openfc::emulator {
namespace {

constexpr auto kCommands = std::to_array<Command>({
    {"invoke", "Invokes a function once", DeclareInvoke},
    {"start", "Serves functions until it is stopped", DeclareStart},
    {"ps", "Lists what a running fclocal serves", DeclarePs},
    {"logs", "Shows what functions have logged", DeclareLogs},
    {"tasks", "Lists asynchronous invocations, shows and stops them", DeclareTasks},
    {"stop", "Stops instances, or a running fclocal", DeclareStop},
    {"init", "Writes the files of a new function", DeclareInit},
    {"build", "Installs what functions need beside their code", DeclareBuild},
    {"event", "Prints a sample event of a trigger", DeclareEvent},
});

}  // namespace

std::span<const Command> AllCommands() { return kCommands; }

}  // namespace openfc::emulator
