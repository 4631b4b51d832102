// How fast one instance is: our bootstrap against clients that know no Python.
//
//     bench_runtime [--rounds N] [--invocations N] [--starts N] [--json]

#include "tests/bench/platform_loop.h"
#include "tests/bench/process_figures.h"
#include "tests/bench/report.h"
#include "tests/fakes/program.h"
#include "tests/fakes/temp_dir.h"

#include <CLI/CLI.hpp>
#include <fcntl.h>

#include <iostream>
#include <memory>

namespace openfc::bench {
namespace {

using testing::Program;
using testing::ProgramOptions;
using testing::TempDir;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kEvent = "{\"key\": \"value 123\"}";
static_assert(kEvent.size() == 20);

struct Options {
  std::size_t rounds = 5;
  std::size_t invocations = 5000;
  std::size_t starts = 10;
  bool as_json = false;
};

/// A program that polls a platform of its own. Its log goes nowhere.
class Contestant {
 public:
  Contestant(const std::string& program, const std::vector<std::string>& arguments,
             const TempDir& code)
      : null_(::open("/dev/null", O_WRONLY | O_CLOEXEC)), platform_(kEvent) {
    ProgramOptions options;
    options.arguments = arguments;
    options.environment = {{"FC_RUNTIME_API", platform_.address()},
                           {"FC_FUNC_CODE_PATH", code.path().string()}};
    options.descriptors = {{null_.get(), 1}};
    program_ = std::make_unique<Program>(program, options);
  }

  void AwaitPoll() { platform_.AwaitPoll(); }

  Round Run(std::size_t count) {
    const auto before = CpuTimeOf(program_->pid());
    Round round = platform_.Run(count);
    round.cpu = CpuTimeOf(program_->pid()) - before;
    return round;
  }

  double PssMegabytes() const { return PssMegabytesOf(program_->Family()); }

 private:
  UniqueFd null_;
  PlatformLoop platform_;
  std::unique_ptr<Program> program_;
};

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

void MeasureRounds(const Options& options, const TempDir& code, Report& report) {
  report.subjects = {{.name = "bootstrap, Python echo"},
                     {.name = "bare client, two calls"},
                     {.name = "bare client, result and poll in one"}};
  Contestant ours("bootstrap", {}, code);
  Contestant in_turn("bench_bare_client", {}, code);
  Contestant together("bench_bare_client", {"--together"}, code);
  const std::vector<Contestant*> contestants = {&ours, &in_turn, &together};
  for (Contestant* each : contestants) (void)each->Run(options.invocations / 5 + 1);  // Warm up.
  for (std::size_t round = 0; round < options.rounds; ++round) {
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      report.subjects[i].rounds.push_back(contestants[i]->Run(options.invocations));
    }
  }
  for (std::size_t i = 0; i < contestants.size(); ++i) {
    report.subjects[i].pss_mb = contestants[i]->PssMegabytes();
  }
}

void MeasureStarts(const Options& options, const TempDir& code, Report& report) {
  ProgramOptions pass;
  pass.arguments = {"-c", "pass"};
  for (std::size_t i = 0; i < options.starts; ++i) {
    auto start = Clock::now();
    Contestant ours("bootstrap", {}, code);
    ours.AwaitPoll();
    report.first_poll_ms.push_back(MillisecondsSince(start));
    start = Clock::now();
    Program python(OPENFC_REFERENCE_PYTHON, pass);
    (void)python.AwaitEnd();
    report.bare_python_ms.push_back(MillisecondsSince(start));
  }
}

Report Measure(const Options& options) {
  const TempDir code;
  (void)code.WriteFile("index.py", "def handler(event, context):\n    return event\n");
  Report report{.invocations = options.invocations};
  MeasureRounds(options, code, report);
  MeasureStarts(options, code, report);
  return report;
}

}  // namespace
}  // namespace openfc::bench

int main(int argc, char** argv) try {
  openfc::bench::Options options;
  CLI::App app("How fast one instance is, against clients that know no Python.");
  app.add_option("--rounds", options.rounds, "Rounds of each client, in turn")
      ->check(CLI::PositiveNumber);
  app.add_option("--invocations", options.invocations, "Invocations a round")
      ->check(CLI::PositiveNumber);
  app.add_option("--starts", options.starts, "How often to measure the start")
      ->check(CLI::PositiveNumber);
  app.add_flag("--json", options.as_json, "Figures for a program");
  CLI11_PARSE(app, argc, argv);
  const auto report = openfc::bench::Measure(options);
  std::cout << (options.as_json ? WriteJson(report) : WriteTable(report));
  return 0;
} catch (const std::exception& error) {
  std::cerr << "bench_runtime: " << error.what() << "\n";
  return 1;
}
