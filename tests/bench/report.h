#pragma once

#include "tests/bench/figures.h"

#include <string>
#include <vector>

namespace openfc::bench {

/// One client of the Runtime API, and what its rounds took.
struct Subject {
  std::string name;
  std::vector<Round> rounds = {};
  double pss_mb = 0;
};

/// All that a run has measured. The second subject is the floor that the others are compared with.
struct Report {
  std::size_t invocations = 0;  // A round.
  std::vector<Subject> subjects = {};
  std::vector<double> first_poll_ms = {};   // From the start of bootstrap to its first poll.
  std::vector<double> bare_python_ms = {};  // From the start of `python3 -c pass` to its end.
};

/// For people.
std::string WriteTable(const Report& report);
/// For programs.
std::string WriteJson(const Report& report);

}  // namespace openfc::bench
