#pragma once

#include "runtime/base/error.h"

#include <string>

namespace openfc::emulator {

/// What a requirements.txt, with all files that it includes (-r, -c), says besides names.
struct Requirements {
  std::string digest;   // Of all these files: another one when what is asked for changes.
  std::string options;  // Lines that say where packages come from: --index-url and the like.
};

/// kInvalidArgument with a sentence for a file that cannot be read.
Expected<Requirements> ReadRequirements(const std::string& file);

}  // namespace openfc::emulator
