#pragma once

#include "sandbox/commands/engine_setup.h"

#include <iosfwd>

namespace openfc::sandbox {

/// Runs what `input` says, one run in a line, and writes one line for each to `output` as it ends
/// (run_json.h). What the program exits with: 0 unless the engine does not start.
int RunBatch(const EngineWords& words, std::istream& input, std::ostream& output);

}  // namespace openfc::sandbox
