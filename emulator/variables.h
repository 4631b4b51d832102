#pragma once

#include <functional>
#include <map>
#include <string>

namespace openfc::emulator {

/// Environment variables by name. The process's own are read in main and handed down.
using Variables = std::map<std::string, std::string, std::less<>>;

}  // namespace openfc::emulator
