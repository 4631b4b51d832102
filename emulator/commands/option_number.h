#pragma once

#include "runtime/base/error.h"

#include <cstdint>
#include <string>

namespace openfc::emulator {

struct NumberRange {
  std::int64_t least = 1;
  std::int64_t most = 1'000'000'000;
};

/// The number that an option was given; `unit` is what it counts, as in `seconds`. kInvalidArgument
/// with a sentence for what is no whole number, or none of the range.
Expected<std::int64_t> ParseNumber(const char* option, const std::string& text, const char* unit,
                                   NumberRange range = {});

/// The same of a number that need not be whole, and is more than 0.
Expected<double> ParseDecimal(const char* option, const std::string& text, const char* unit);

}  // namespace openfc::emulator
