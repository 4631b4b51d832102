#pragma once

#include <string>
#include <string_view>

namespace openfc::python {

/// The python3 that sys.executable names: `built_for` where it exists, else `name` in a folder of
/// `search_path` (a PATH); empty when there is none.
std::string FindExecutable(const std::string& built_for, const std::string& name,
                           std::string_view search_path);

}  // namespace openfc::python
