#pragma once

namespace openfc::sandbox {

/// The text of py/run.py.
const char* RunScript();

}  // namespace openfc::sandbox
