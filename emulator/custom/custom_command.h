#pragma once

#include "emulator/function_definition.h"
#include "emulator/variables.h"

#include <string>
#include <vector>

namespace openfc::emulator {

/// What starts the web server of a custom runtime: its own command, or the file bootstrap of its
/// code. A word that begins with the platform's folder of code, /code, means the function's folder.
std::vector<std::string> CommandOf(const FunctionDefinition& function);

/// The same as one line, for people.
std::string DescribeCommand(const FunctionDefinition& function);

/// A program of a function's as it was written, with /code as above.
std::vector<std::string> CommandHere(const std::vector<std::string>& words,
                                     const std::string& code_path);

/// Tells the server where to listen. A PORT that the function sets itself stays.
void AddListenPort(const FunctionDefinition& function, Variables& environment);

}  // namespace openfc::emulator
