#include "tests/bench/contest.h"

#include "tests/fakes/temp_dir.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace openfc::bench {
namespace {

/// A subject in the ring: gone once it has failed.
struct Entrant {
  std::unique_ptr<Contestant> contestant;
  Row row;

  template <typename Action>
  void Try(Action action) {
    if (row.failure.empty()) try {
        action();
      } catch (const std::runtime_error& error) {
        row.failure = error.what();
        row.rounds.clear();
        contestant.reset();
      }
  }
};

Entrant Enter(const Contest& contest, const Subject& subject, const testing::TempDir& code) {
  Entrant entrant{.contestant = nullptr, .row = {.name = subject.name}};
  Workload workload = contest.workload;
  workload.dialect = subject.dialect;
  entrant.Try([&] {
    entrant.contestant = std::make_unique<Contestant>(subject, std::move(workload), code.path());
    entrant.row.first_poll_ms.push_back(entrant.contestant->first_poll_ms());
  });
  return entrant;
}

Amount Scale(const Contest& contest, double scale) {
  const auto scaled = static_cast<std::size_t>(static_cast<double>(contest.invocations) * scale);
  return {.count = std::max(scaled, contest.workload.window), .limit = contest.limit};
}

}  // namespace

std::vector<Row> Compete(const Contest& contest, const Options& options) {
  constexpr double kWarmUp = 0.1;
  const testing::TempDir code;
  (void)code.WriteFile("index.py", contest.code);
  std::vector<Entrant> entrants;
  for (const Subject& subject : contest.subjects) {
    entrants.push_back(Enter(contest, subject, code));
  }
  for (Entrant& each : entrants) {
    each.Try([&] { (void)each.contestant->Run(Scale(contest, options.scale * kWarmUp)); });
  }
  for (std::size_t round = 0; round < options.rounds; ++round) {
    for (Entrant& each : entrants) {
      each.Try(
          [&] { each.row.rounds.push_back(each.contestant->Run(Scale(contest, options.scale))); });
    }
  }
  std::vector<Row> rows;
  for (Entrant& each : entrants) {
    each.Try([&] { each.row.pss_mb.push_back(each.contestant->PssMegabytes()); });
    rows.push_back(std::move(each.row));
  }
  return rows;
}

}  // namespace openfc::bench
