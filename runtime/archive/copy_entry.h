#pragma once

#include "runtime/archive/archive_reader.h"
#include "runtime/base/error.h"

#include <cstddef>
#include <functional>

namespace openfc {

/// Writes the bytes of `entry`, which `reader` is at, to `file`. `may_grow` hears of each part
/// before it is written, since an archive does not always tell the truth about a size; what it
/// refuses is the end. Fails with its word, the reader's, or UnwritableEntry().
Status CopyEntry(ArchiveReader& reader, const ArchiveEntry& entry, int file,
                 const std::function<Status(std::size_t)>& may_grow);

/// Permissions of what is unpacked: what its owner could not read, write or enter otherwise.
constexpr unsigned kOwnerReadsAndWrites = 0600;
constexpr unsigned kOwnerEnters = 0700;

}  // namespace openfc
