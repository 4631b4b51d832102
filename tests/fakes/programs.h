#pragma once

#include <string>
#include <string_view>

namespace openfc::testing {

// The programs that the tests run. They are those of the build that the test is part of, or of the
// one whose bin folder OPENFC_BIN_DIR names: what runs programs need not be built anew to try them
// with a sanitizer (OPENFC_SANITIZE then says which), or for another Python.

/// Where one of ours lies.
std::string ProgramPath(std::string_view name);

/// Whether they are built with that sanitizer, as GCC names it: address or thread.
bool ProgramsHaveSanitizer(std::string_view sanitizer);

}  // namespace openfc::testing
