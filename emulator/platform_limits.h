#pragma once

#include "emulator/function_definition.h"
#include "runtime/base/error.h"

namespace openfc::emulator {

/// What the platform would refuse though it could be run here, in a sentence: a number beyond its
/// limits (fc-platform.md, sections 1.6 and 6).
Status CheckPlatformLimits(const FunctionDefinition& function);

}  // namespace openfc::emulator
