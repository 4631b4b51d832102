#pragma once

#include <string>

namespace openfc::sandbox {

/// What runs in the place of a client's code: artifacts.py, py/rules.py and py/execute.py. Its
/// input is empty, or "validate" to have the code looked at only.
const std::string& ExecutorHarness();

inline constexpr const char* kValidateOnly = "validate";

}  // namespace openfc::sandbox
