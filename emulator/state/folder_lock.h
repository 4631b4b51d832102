#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <string>

namespace openfc::emulator {

/// The lock of a state folder: the file `lock` in it. Whoever has it has the folder; it is free
/// again when its owner ends, by whatever way.
///
/// Takes it without waiting. kUnavailable when somebody has it.
Expected<UniqueFd> TakeFolderLock(const std::string& folder);

/// Whether somebody has it; does not get in anybody's way. False also where there is no folder.
bool IsFolderLocked(const std::string& folder);

}  // namespace openfc::emulator
