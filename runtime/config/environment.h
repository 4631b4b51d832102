#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc {

/// The process environment as a value. Only main reads the real one.
using Environment = std::map<std::string, std::string, std::less<>>;

/// `block` is an `environ`: strings NAME=VALUE up to a null. Of a name that stands twice the first
/// counts, as for getenv(3).
Environment ReadEnvironment(char** block);

/// The other direction, for a child: strings NAME=VALUE.
std::vector<std::string> WriteEnvironment(const Environment& environment);

/// Nothing when the variable is absent or empty: the two mean the same in all of ours.
std::optional<std::string> Find(const Environment& environment, std::string_view name);

/// A whole decimal number, else nothing.
std::optional<long> FindNumber(const Environment& environment, std::string_view name);

/// The number of an open file, else nothing. Whether there is such a file is not looked at.
std::optional<int> FindDescriptor(const Environment& environment, std::string_view name);

}  // namespace openfc
