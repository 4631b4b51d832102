#pragma once

#include "tests/bench/scenario.h"

#include <string>
#include <vector>

namespace openfc::bench {

/// The two ways to reach a target.
enum class Goal { kAtLeast, kAtMost };

struct Target {
  std::string text;
  Goal goal = Goal::kAtLeast;
  double factor = 1;
};

/// `ours` over `theirs`, round by round, so that a machine that slows down slows both; the median
/// decides.
Verdict Judge(const Target& target, const std::vector<double>& ours,
              const std::vector<double>& theirs);

/// Rows by their rates. One without figures, or with wrong answers, reaches nothing.
Verdict JudgeRates(const Target& target, const Row& ours, const Row& theirs);

/// `ours` against a rate that no runtime could exceed.
Verdict JudgeIdeal(const Target& target, const Row& ours, double ideal_per_second);

}  // namespace openfc::bench
