#pragma once

#include "tests/bench/scenario.h"

#include <string>
#include <string_view>
#include <vector>

namespace openfc::bench {

/// Who does what, how often.
struct Contest {
  std::string_view code;  // index.py.
  Workload workload = {};
  std::vector<Subject> subjects;
  std::size_t invocations = 0;                          // A round, before scaling.
  Nanoseconds limit = std::chrono::milliseconds(1500);  // A round: a slow subject does fewer.
};

/// All subjects side by side, a round of each in turn, after a warm-up. A subject that ends or
/// falls silent is left out from there on, and its row says so.
std::vector<Row> Compete(const Contest& contest, const Options& options);

}  // namespace openfc::bench
