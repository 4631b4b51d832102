#pragma once

#include "runtime/base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace openfc {

/// The parts of an archive's entry name below the folder that it is unpacked into: `a/./b//` gives
/// a and b, `./` nothing. kInvalidArgument in a sentence for an absolute name, `..` and an empty
/// name.
Expected<std::vector<std::string>> SplitEntryName(std::string_view name);

}  // namespace openfc
