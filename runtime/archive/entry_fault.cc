#include "runtime/archive/entry_fault.h"

#include <cerrno>
#include <cstddef>

namespace openfc {

std::string ShownEntryName(std::string_view name) {
  constexpr std::size_t kMost = 200;
  return name.size() <= kMost ? std::string(name) : std::string(name.substr(0, kMost)) + "...";
}

Error RefusedEntry(std::string_view name, std::string_view why) {
  return Error{ErrorCode::kInvalidArgument,
               "its entry '" + ShownEntryName(name) + "' " + std::string(why)};
}

Error UnwritableEntry(std::string_view name, int error_number) {
  if (error_number == ENAMETOOLONG) return RefusedEntry(name, "has too long a name");
  return SystemError("its entry '" + ShownEntryName(name) + "' cannot be written", error_number);
}

Status CheckEntryCount(std::int64_t count, std::int64_t most) {
  if (count <= most) return Ok();
  return Error{ErrorCode::kInvalidArgument,
               "it holds more than " + std::to_string(most) + " entries"};
}

}  // namespace openfc
