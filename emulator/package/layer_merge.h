#pragma once

#include "runtime/base/error.h"

#include <span>
#include <string>

namespace openfc::emulator {

/// Copies the folders into `target`, which is empty, one over the other: of two entries with the
/// same path the one of the folder that comes first stays, folders are joined. Links stay links.
Status MergeFolders(std::span<const std::string> folders, const std::string& target);

/// A text that changes when a file below `folder` is added, removed, renamed or written (by name,
/// size, mode and time of its last change; not read).
Expected<std::string> FingerprintOf(const std::string& folder);

}  // namespace openfc::emulator
