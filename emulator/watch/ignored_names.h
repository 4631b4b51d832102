#pragma once

#include <string_view>

namespace openfc::emulator {

/// Whether a file or folder of this name is no code: `.git`, `.fclocal`, `.s` (what Serverless Devs
/// builds),
/// `__pycache__` and `*.pyc`, which running the code writes, and what editors leave beside a file
/// while it is open.
bool IsIgnoredName(std::string_view name);

}  // namespace openfc::emulator
