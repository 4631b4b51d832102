#pragma once

#include "runtime/base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace openfc::sandbox {

/// Texts as one: each with its length in front. Packs may lie in packs.
std::string Pack(const std::vector<std::string>& texts);

/// kProtocol for what Pack() did not make.
Expected<std::vector<std::string>> Unpack(std::string_view pack);

}  // namespace openfc::sandbox
