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
/// cannot be run.
Expected<std::string> FindRuntime(const std::string& wanted,
                                  const std::string& installed = kInstalledRuntime);

/// kInvalidArgument with a sentence where a program, started with this environment (NAME=VALUE),
/// does not find all its shared libraries. Waits for the dynamic loader, and runs nothing else.
Status CheckLibraries(const std::string& program, const std::vector<std::string>& environment);

/// The dynamic loader that a 64-bit ELF program asks for. Nothing for a script, a static program or
/// what is no program at all: they need no shared library.
std::optional<std::string> FindProgramLoader(const std::string& program);

/// What the dynamic loader complains about when it cannot bring `program`'s libraries together, as
/// a sentence that says what to install; nothing when all is there. `words` are the loader's own.
std::string DescribeMissingLibrary(const std::string& program, std::string_view words);

}  // namespace openfc::bootstrap
