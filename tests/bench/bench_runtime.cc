// How fast one instance is: ours against awslambdaric and against clients that know no Python.
//
//     bench_runtime [--only NAME,...] [--rounds N] [--scale X] [--awslambdaric PYTHON] [--json
//     FILE]

#include "tests/bench/report.h"
#include "tests/bench/scenario.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>

namespace openfc::bench {
namespace {

struct CommandLine {
  Options options;
  std::string json_file;
};

bool IsWanted(const Scenario& scenario, const Options& options) {
  const auto& only = options.only;
  return only.empty() || std::find(only.begin(), only.end(), scenario.name) != only.end();
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const Scenario& scenario : Scenarios()) names.push_back(scenario.name);
  return names;
}

void Declare(CLI::App& app, CommandLine& line) {
  app.add_option("--only", line.options.only, "Scenarios, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(Names()));
  app.add_option("--rounds", line.options.rounds, "Rounds of each subject, in turn")
      ->check(CLI::PositiveNumber);
  app.add_option("--scale", line.options.scale, "Times the usual invocations a round")
      ->check(CLI::PositiveNumber);
  app.add_option("--awslambdaric", line.options.awslambdaric, "A Python that has that package");
  app.add_option("--json", line.json_file, "Write the figures to this file, too");
}

void Run(const CommandLine& line) {
  std::cout
      << "Rounds: " << line.options.rounds
      << ", in turn. Rates: median of the rounds; latency: event sent to result read; CPU and "
         "memory (PSS): all processes of the subject.\nRatios: round by round, median "
         "(lowest..highest).\n";
  std::vector<Result> results;
  for (const Scenario& scenario : Scenarios()) {
    if (!IsWanted(scenario, line.options)) continue;
    results.push_back(scenario.run(line.options));
    std::cout << WriteTable(results.back()) << std::flush;
  }
  if (!line.json_file.empty()) std::ofstream(line.json_file) << WriteJson(results);
}

}  // namespace
}  // namespace openfc::bench

int main(int argc, char** argv) try {
  openfc::bench::CommandLine line;
  CLI::App app("How fast one instance is, against awslambdaric and clients that know no Python.");
  openfc::bench::Declare(app, line);
  CLI11_PARSE(app, argc, argv);
  openfc::bench::Run(line);
  return 0;
} catch (const std::exception& error) {
  std::cerr << "bench_runtime: " << error.what() << "\n";
  return 1;
}
