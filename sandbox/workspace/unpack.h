#pragma once

#include "runtime/base/error.h"
#include "sandbox/workspace/beneath.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace openfc::sandbox {

/// What an archive may hold, so that a small one does not fill the disk.
struct ArchiveLimits {
  std::int64_t entries = 20'000;         // Folders that only names tell of count too.
  std::int64_t bytes = 128LL << 20;      // Of all files, unpacked.
  std::int64_t ratio = 100;              // Unpacked to packed, ...
  std::int64_t free_bytes = 16LL << 20;  // ... beyond so many unpacked.
  std::size_t name_bytes = 1024;         // Of an entry's whole name.
  std::size_t depth = 64;                // Folders that it lies in, and itself.
};

enum class OnExisting { kRefuse, kReplace };  // Of files and links; folders are joined.
enum class LinksOut { kRefuse, kKeep };

struct UnpackOptions {
  uid_t owner = 0;  // Whose all is to be; as far as we may give it.
  OnExisting on_existing = OnExisting::kRefuse;
  LinksOut links_out = LinksOut::kRefuse;
  ArchiveLimits limits = {};
};

/// Unpacks a tar (plain or in gzip) or a zip into `folder`. Permissions are kept, as far as the
/// owner could not read or write otherwise; owners, times and set-user-id are not. An entry that is
/// named `/` is the folder itself.
///
/// kInvalidArgument in a sentence that names the entry: it would leave the folder, by its name or
/// by a link; it is there twice, or where something else is; it is neither file nor folder nor
/// link; too much comes out. `folder` then holds a part.
Status UnpackArchive(std::string_view archive, const Beneath& folder, const UnpackOptions& options);

}  // namespace openfc::sandbox
