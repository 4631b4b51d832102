#pragma once

#include "tests/bench/scenario.h"

#include <string>
#include <vector>

namespace openfc::bench {

/// For people: a table of the subjects, and below it the targets.
std::string WriteTable(const Result& result);

/// For programs.
std::string WriteJson(const std::vector<Result>& results);

}  // namespace openfc::bench
