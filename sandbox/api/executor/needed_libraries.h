#pragma once

#include "sandbox/executor/run.h"

#include <string_view>

namespace openfc::sandbox {

/// Which interpreter the code is for: only code that names one of the data libraries can need what
/// takes longest to fork.
Libraries LibrariesFor(std::string_view code);

}  // namespace openfc::sandbox
