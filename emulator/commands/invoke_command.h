#pragma once

#include "emulator/commands/command_line.h"
#include "emulator/function_definition.h"
#include "emulator/variables.h"
#include "runtime/base/error.h"

#include <string>
#include <vector>

namespace openfc::emulator {

/// The function that a command line means, and what its developer should know about it.
struct ChosenFunction {
  FunctionDefinition definition;
  std::vector<std::string> notices;
};

/// Puts s.yaml and options together; an option wins. Without -c and --code: ./s.yaml if there is
/// one, else the current folder. The definition is checked.
Expected<ChosenFunction> ChooseFunction(const InvokeCommandLine& line,
                                        const Variables& environment);

/// `fclocal invoke`, from the parsed command line to the exit code.
int Invoke(const InvokeCommandLine& line, const Variables& environment);

/// Tells a person what was wrong with what they asked for; gives the exit code for it.
int RefuseUsage(const Error& error);

}  // namespace openfc::emulator
