#pragma once

#include <string>
#include <string_view>

namespace openfc::emulator {

/// The value of `key` in the query of a request's target, decoded; empty when there is none.
std::string QueryValue(std::string_view target, std::string_view key);

}  // namespace openfc::emulator
