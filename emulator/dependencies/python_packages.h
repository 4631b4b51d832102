#pragma once

#include "emulator/dependencies/build_result.h"
#include "emulator/function_definition.h"
#include "emulator/variables.h"
#include "runtime/base/error.h"

namespace openfc::emulator {

/// Installs the code folder's requirements.txt into its .s/python, which a runtime finds (it is the
/// PYTHONUSERBASE), by pip. What was installed is written into requirements.lock; while
/// requirements.txt and the version of Python stay the same, the same is installed again.
///
/// pip is not run for what is up to date. On failure (a sentence; pip has said more on standard
/// error) the packages are as before.
Expected<BuildResult> InstallPythonPackages(const FunctionDefinition& function,
                                            const BuildOptions& options,
                                            const Variables& environment);

}  // namespace openfc::emulator
