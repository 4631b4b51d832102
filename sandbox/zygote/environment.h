#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace openfc::sandbox {

/// A run's environment, as NAME=VALUE: HOME and its like, with what the request adds or replaces.
std::vector<std::string> EnvironmentIn(std::string_view home,
                                       const std::vector<std::string>& wanted);

}  // namespace openfc::sandbox
