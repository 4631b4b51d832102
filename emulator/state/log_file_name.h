#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace openfc::emulator {

/// Where the functions' logs are, in a state folder.
std::string LogFolderOf(const std::string& state_folder);

/// The name of the file with the log of a function: a file name whatever the function's is.
std::string LogFileNameOf(std::string_view function);

/// The function whose log a file of that name holds; nothing when it is not such a file.
std::optional<std::string> FunctionOfLogFile(std::string_view name);

}  // namespace openfc::emulator
