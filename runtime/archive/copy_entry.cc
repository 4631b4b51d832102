#include "runtime/archive/copy_entry.h"

#include "runtime/archive/entry_fault.h"
#include "runtime/base/whole_write.h"

#include <vector>

namespace openfc {
namespace {

constexpr std::size_t kPart = std::size_t{1} << 16U;

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
