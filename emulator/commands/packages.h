#pragma once

#include "emulator/function_definition.h"
#include "emulator/package/package_store.h"
#include "emulator/variables.h"
#include "runtime/base/error.h"
#include "runtime/process/bind_mounts.h"

#include <string>
#include <vector>

namespace openfc::emulator {

/// A function's code and layers, made ready for its instances.
struct PreparedPackages {
  std::vector<BindMount> mounts = {};     // The layers at /opt, where that can be done here.
  std::vector<std::string> notices = {};  // For its developer.
};

/// Where unpacked packages are kept: openfc/packages in the user's cache folder.
PackageStore StoreFor(const Variables& own_environment);

/// The folder with the code of a function whose package is `source`.
Expected<std::string> CodeFolderOf(const FunctionDefinition& function, const std::string& source,
                                   const PackageStore& store);

/// Unpacks the code of `function`, if it is a package, and puts its layers together: `code_path` is
/// a folder from now on, and the environment leads to what the layers have. Layers that are named
/// by a path are below `base_folder`; those of the platform are left out, with a notice.
Expected<PreparedPackages> PreparePackages(FunctionDefinition& function,
                                           const std::string& base_folder,
                                           const Variables& own_environment);

}  // namespace openfc::emulator
