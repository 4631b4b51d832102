#pragma once

#include "runtime/base/error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace openfc {

/// What is wrong with an archive that is unpacked, in sentences that begin in small letters: its
/// owner puts a name in front. A name that is too long to be read is cut.
std::string ShownEntryName(std::string_view name);

/// kInvalidArgument: `its entry 'a' lies below a file`.
Error RefusedEntry(std::string_view name, std::string_view why);

/// By what a system call has said: kInvalidArgument where the name is too long, else kSystem.
Error UnwritableEntry(std::string_view name, int error_number);

/// Whether so many entries may be there: kInvalidArgument when not.
Status CheckEntryCount(std::int64_t count, std::int64_t most);

}  // namespace openfc
