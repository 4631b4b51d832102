#pragma once

#include "emulator/commands/invoke_options.h"
#include "emulator/commands/start_options.h"
#include "emulator/function_definition.h"
#include "emulator/variables.h"
#include "runtime/base/error.h"

#include <optional>
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

/// The same for all functions that are to be served: those of a s.yaml, or the one of a folder.
Expected<std::vector<ChosenFunction>> ChooseFunctions(const StartCommandLine& line,
                                                      const Variables& environment);

/// What a command line serves, as an absolute path: the s.yaml, or the code.
std::string SourceOf(const std::optional<std::string>& config,
                     const std::optional<std::string>& code);

/// The program that starts instances, in fclocal's own folder.
std::string FindRloader();

/// From the current folder, without `.`, `..` or a slash at the end.
std::string Absolute(const std::string& path);

/// As the options have it.
PlatformLimits LimitsOf(const InvokeCommandLine& line);
PlatformLimits LimitsOf(const StartCommandLine& line);

}  // namespace openfc::emulator
