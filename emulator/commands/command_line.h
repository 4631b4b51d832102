#pragma once

#include "emulator/commands/command.h"
#include "runtime/base/error.h"

#include <span>
#include <string>
#include <variant>

namespace openfc::emulator {

/// A text that was asked for instead of work: --help, --version.
struct Printout {
  std::string text;
};

/// Finds the command among `commands`, and has it make work of its words. kInvalidArgument with a
/// sentence for what cannot be meant.
Expected<std::variant<Work, Printout>> ParseCommandLine(std::span<const Command> commands,
                                                        int count, const char* const* words);

}  // namespace openfc::emulator
