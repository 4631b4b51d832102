#pragma once

#include "runtime/base/error.h"

#include <string>
#include <string_view>

namespace openfc::emulator {

/// `fclocal: TEXT` in a line of standard error, for a person.
void Say(std::string_view text);

/// Bytes to standard error, as they are.
void WriteToStderr(std::string_view bytes);

/// Bytes to standard output, as they are. `what` they are is told when that cannot be done. Gives
/// the exit code.
int WriteOutput(std::string_view what, std::string_view bytes);

/// Whether a person looks at standard output.
bool IsOnTerminal();

/// Tells a person what was wrong with what they asked for; gives the exit code for it.
int RefuseUsage(const Error& error);

}  // namespace openfc::emulator
