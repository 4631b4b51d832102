#pragma once

#include "emulator/function_definition.h"
#include "runtime/base/error.h"

#include <chrono>
#include <string>
#include <string_view>

namespace openfc::emulator {

/// Nothing is late while somebody looks at it.
inline constexpr std::chrono::seconds kDebugTime = std::chrono::hours(24);

/// Has the function's instance wait for an IDE on `port`, and lifts its deadlines. kInvalidArgument
/// with a sentence for a function that does not run in our Python.
Status PrepareDebugging(FunctionDefinition& function, bool has_own_runtime, int port);

/// The text of a launch.json with an entry by which VS Code attaches to `function` on `port`, in
/// the place of the one that was there before; `before` is what the file had, or empty.
/// kInvalidArgument when that cannot be read without losing something of it.
Expected<std::string> WithLaunchEntry(std::string_view before, const FunctionDefinition& function,
                                      int port);

/// Writes such an entry into .vscode/launch.json in `folder`.
Status WriteLaunchEntry(const std::string& folder, const FunctionDefinition& function, int port);

}  // namespace openfc::emulator
