#pragma once

#include "emulator/tasks/database.h"
#include "runtime/base/error.h"

namespace openfc::emulator {

/// Makes the queue's tables where there are none. kInvalidArgument in a sentence when the file is
/// somebody else's, or of a newer openfc.
Status PrepareSchema(Database& database);

}  // namespace openfc::emulator
