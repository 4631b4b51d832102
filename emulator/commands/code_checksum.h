#pragma once

#include <string>

namespace openfc::emulator {

/// What the platform tells in X-Fc-Code-Checksum: the CRC-64 of a code package, in decimal digits.
/// Of a folder it is that of its files with their paths, without those that are no code
/// (IsIgnoredName). Empty for one that is larger than 64 MB, or cannot be read: to know is not
/// worth the time.
std::string CodeChecksum(const std::string& source);

}  // namespace openfc::emulator
