#pragma once

#include "runtime/base/error.h"
#include "sandbox/isolation/entry.h"
#include "sandbox/wire/messages.h"
#include "sandbox/zygote/announcement.h"
#include "sandbox/zygote/entered.h"

namespace openfc::sandbox {

/// Starts a child that walls itself in and executes the program `payload.arguments`. It borrows
/// this process's memory until then, as posix_spawn's does, so that the interpreter's size costs
/// nothing. Returns when the program runs, or has not come to be.
Expected<Entered> SpawnCommand(const RunPayload& payload, const Announcement& announcement,
                               const Entry& entry);

}  // namespace openfc::sandbox
