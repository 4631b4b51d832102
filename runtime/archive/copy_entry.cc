#include "runtime/archive/copy_entry.h"

#include "runtime/archive/entry_fault.h"

#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <vector>

namespace openfc {
namespace {

constexpr std::size_t kPart = std::size_t{1} << 16U;

/// 0, or the error number. Not WriteWhole(), whose writers wait for each other: this one may be
/// long.
int WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

Status CopyEntry(ArchiveReader& reader, const ArchiveEntry& entry, int file,
                 const std::function<Status(std::size_t)>& may_grow) {
  std::vector<char> buffer(kPart);
  while (true) {
    const auto count = reader.Read(buffer.data(), buffer.size());
    if (!count) return count.error();
    if (*count == 0) return Ok();
    if (Status grown = may_grow(*count); !grown) return grown;
    if (const int failure = WriteAll(file, {buffer.data(), *count}); failure != 0) {
      return UnwritableEntry(entry.name, failure);
    }
  }
}

}  // namespace openfc
