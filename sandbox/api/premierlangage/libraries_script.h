#pragma once

namespace openfc::sandbox {

/// The text of py/libraries.py.
const char* LibrariesScript();

}  // namespace openfc::sandbox
