#pragma once

#include "tests/bench/contestant.h"
#include "tests/bench/figures.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace openfc::bench {

/// What the command line says.
struct Options {
  std::size_t rounds = 5;
  double scale = 1;                    // Of the invocations a round.
  std::string awslambdaric;            // A Python that has it; empty: left out.
  std::vector<std::string> only = {};  // Names of scenarios; empty: all.
};

/// What one subject took, all rounds. Empty vectors: not measured.
struct Row {
  std::string name;
  std::vector<Round> rounds = {};
  std::vector<double> first_poll_ms = {};
  std::vector<double> pss_mb = {};
  std::string failure = {};  // Why there are no figures.

  std::vector<double> PerSecond() const {
    std::vector<double> rates;
    for (const Round& round : rounds) rates.push_back(round.PerSecond());
    return rates;
  }
};

/// A target of the issue, beside what was measured. No ratio: it could not be.
struct Verdict {
  std::string target;
  std::optional<Spread> ratio;
  bool is_reached = false;
  std::string remark = {};
};

struct Result {
  std::string name;
  std::string title;
  std::vector<Row> rows = {};
  std::vector<Verdict> verdicts = {};
};

struct Scenario {
  std::string name;
  std::function<Result(const Options&)> run;
};

/// All of them, in the order of the issue.
std::vector<Scenario> Scenarios();

}  // namespace openfc::bench
