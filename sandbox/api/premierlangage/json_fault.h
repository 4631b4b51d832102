#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace openfc::sandbox {

/// What Python's json.loads() says of a text that is no JSON: `Expecting value: line 1 column 1
/// (char 0)`. Nothing when it has no fault to find, which takes NaN and lone surrogates for good.
/// What is nested more than 200 deep has a fault of our own words.
std::optional<std::string> FindJsonFault(std::string_view text);

}  // namespace openfc::sandbox
