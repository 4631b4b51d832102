#pragma once

#include "emulator/dependencies/build_result.h"
#include "emulator/function_definition.h"
#include "emulator/variables.h"
#include "runtime/base/error.h"

namespace openfc::emulator {

/// Installs the code folder's package-lock.json into its node_modules, by `npm ci`, unless it is
/// installed. Only a custom runtime has use for it. On failure (a sentence; npm has said more on
/// standard error) node_modules are what npm leaves.
Expected<BuildResult> InstallNodePackages(const FunctionDefinition& function,
                                          const BuildOptions& options,
                                          const Variables& environment);

}  // namespace openfc::emulator
