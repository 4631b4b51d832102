#pragma once

#include "emulator/function_definition.h"
#include "emulator/variables.h"
#include "runtime/base/error.h"

#include <string>

namespace openfc::emulator {

/// A Python that has a pip.
struct PythonTool {
  std::string program;
  std::string version;  // 3.11
};

/// The Python that runs the function: the one that this build embeds, or for a custom runtime the
/// one of its command, python3 where that is another program. kInvalidArgument with a sentence when
/// there is none, or it has no pip, or one that is too old.
Expected<PythonTool> FindPythonTool(const FunctionDefinition& function,
                                    const Variables& environment);

}  // namespace openfc::emulator
