#pragma once

#include "runtime/base/error.h"
#include "sandbox/isolation/entry.h"
#include "sandbox/wire/messages.h"
#include "sandbox/zygote/announcement.h"

#include <sys/types.h>

namespace openfc::sandbox {

/// Starts a child that walls itself in and executes the program `payload.arguments`. It borrows
/// this process's memory until then, as posix_spawn's does, so that the interpreter's size costs
/// nothing. What goes wrong is an EntryReport in `report`; nothing comes when the program runs.
Expected<pid_t> SpawnCommand(const RunPayload& payload, const Announcement& announcement,
                             const Entry& entry, int report);

}  // namespace openfc::sandbox
