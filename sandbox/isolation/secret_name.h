#pragma once

#include <string>

namespace openfc::sandbox {

/// 128 bits that nobody guesses, as hexadecimal digits.
std::string SecretName();

}  // namespace openfc::sandbox
