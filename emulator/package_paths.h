#pragma once

#include "emulator/variables.h"

#include <string>
#include <string_view>

namespace openfc::emulator {

/// Makes an instance's environment say where the packages are that lie with its code: .s/python
/// (PYTHONUSERBASE, as on the platform) and its programs, node_modules' programs; whichever there
/// are.
void AddPackagePaths(const std::string& code_path, Variables& environment);

/// A variable of the function's, as it is meant for the platform, where the code is in /code: in a
/// list of folders, PYTHONPATH=/code/python for one, that means the code's folder here.
std::string ValueHere(std::string_view name, const std::string& value,
                      const std::string& code_path);

}  // namespace openfc::emulator
