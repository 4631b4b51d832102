#pragma once

#include "runtime/base/error.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::bootstrap {

/// Where a package puts the runtime.
inline constexpr const char* kInstalledRuntime = "/var/fc/runtime/python3/bootstrap";

/// The program to start: `wanted` if it is not empty, else `installed` if that exists, else the
/// file bootstrap in the folder of our own executable. kInvalidArgument with a sentence when it
/// cannot be run; that a shared library is missing is found here too, without running it.
/// `environment` (NAME=VALUE) is what it will be started with.
Expected<std::string> FindRuntime(const std::string& wanted,
                                  const std::vector<std::string>& environment,
                                  const std::string& installed = kInstalledRuntime);

/// The dynamic loader that a 64-bit ELF program asks for. Nothing for a script, a static program or
/// what is no program at all: they need no shared library.
std::optional<std::string> FindProgramLoader(const std::string& program);

/// What the dynamic loader complains about when it cannot bring `program`'s libraries together, as
/// a sentence that says what to install; nothing when all is there. `words` are the loader's own.
std::string DescribeMissingLibrary(const std::string& program, std::string_view words);

}  // namespace openfc::bootstrap
