#pragma once

#include "emulator/function_definition.h"
#include "runtime/base/error.h"

#include <optional>
#include <string>

namespace openfc::emulator {

/// The event's bytes as they are: `text`, or the file's (`-`: standard input), or none. Blocks
/// while standard input does. kInvalidArgument with a sentence for a file that cannot be read, and
/// for more than the platform takes unless `limits` are lifted.
Expected<std::string> ReadEvent(const std::optional<std::string>& text,
                                const std::optional<std::string>& file, PlatformLimits limits);

}  // namespace openfc::emulator
