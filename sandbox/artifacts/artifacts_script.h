#pragma once

namespace openfc::sandbox {

/// The text of py/artifacts.py, for a dialect's harness to begin with.
const char* ArtifactsScript();

}  // namespace openfc::sandbox
