#pragma once

#include "runtime/base/error.h"
#include "runtime/config/environment.h"

#include <cstddef>

namespace openfc {

/// How many processes are asked to serve (OPENFC_WORKERS): a number from 1 to 256, or `auto`, one
/// for each processor that this process may run on; 1 when the variable is not set.
/// kInvalidArgument with a sentence for anything else.
Expected<std::size_t> WorkersAsked(const Environment& environment);

}  // namespace openfc
