#include "tests/bench/verdict.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace openfc::bench {
namespace {

std::size_t WrongAnswers(const Row& row) {
  std::size_t wrong = 0;
  for (const Round& round : row.rounds) wrong += round.wrong_answers;
  return wrong;
}

/// What forbids to judge the row; empty: nothing.
std::string Objection(const Row& row) {
  if (!row.failure.empty()) return row.name + ": " + row.failure;
  if (const std::size_t wrong = WrongAnswers(row)) {
    return fmt::format("{}: {} wrong answers", row.name, wrong);
  }
  return "";
}

}  // namespace

Verdict Judge(const Target& target, const std::vector<double>& ours,
              const std::vector<double>& theirs) {
  std::vector<double> ratios;
  const std::size_t pairs = std::min(ours.size(), theirs.size());
  for (std::size_t i = 0; i < pairs; ++i) ratios.push_back(ours[i] / theirs[i]);
  if (ratios.empty()) return {.target = target.text, .ratio = {}, .remark = "not measured"};
  const Spread ratio = SpreadOf(ratios);
  const bool is_reached =
      target.goal == Goal::kAtLeast ? ratio.median >= target.factor : ratio.median <= target.factor;
  return {.target = target.text, .ratio = ratio, .is_reached = is_reached};
}

Verdict JudgeRates(const Target& target, const Row& ours, const Row& theirs) {
  for (const Row* row : {&ours, &theirs}) {
    if (auto objection = Objection(*row); !objection.empty()) {
      return {.target = target.text, .ratio = {}, .remark = std::move(objection)};
    }
  }
  return Judge(target, ours.PerSecond(), theirs.PerSecond());
}

Verdict JudgeIdeal(const Target& target, const Row& ours, double ideal_per_second) {
  if (auto objection = Objection(ours); !objection.empty()) {
    return {.target = target.text, .ratio = {}, .remark = std::move(objection)};
  }
  const auto rates = ours.PerSecond();
  return Judge(target, rates, std::vector<double>(rates.size(), ideal_per_second));
}

}  // namespace openfc::bench
