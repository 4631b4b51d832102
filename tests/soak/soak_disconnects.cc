// Instances in the HTTP mode whose clients go away at every moment: who stays gets the right
// answer, and nothing is left behind. All kinds of functions at once, each in an instance of its
// own.
//
//     soak_disconnects [--seconds N] [--visitors N] [--seed N] [--only HANDLER]
//                      [--patience SECONDS] [--wrong HOW]

#include "tests/soak/visited_instance.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <random>

namespace openfc::soak {
namespace {

struct Options {
  int seconds = 60;
  int patience_s = static_cast<int>(testing::kLimit.count());
  std::string only = {};
  VisitOptions visits = {.seed = 0};
};

std::optional<int> Parse(Options& options, int argc, char** argv) {
  CLI::App app("Instances whose clients go away.");
  app.add_option("--seconds", options.seconds, "How long")->check(CLI::PositiveNumber);
  app.add_option("--visitors", options.visits.visitors, "At once, at each function")
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", options.visits.seed, "Of all that is drawn; 0: any");
  app.add_option("--only", options.only, "The one function, as in index.asgi");
  app.add_option("--patience", options.patience_s, "Seconds until what is left will never go")
      ->check(CLI::PositiveNumber);
  app.add_option("--wrong", options.visits.wrong, "How the functions are to be wrong")
      ->check(CLI::IsMember({"mixed-up", "hoards", "leaves-open"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  options.visits.patience = std::chrono::seconds(options.patience_s);
  if (options.visits.seed == 0) options.visits.seed = std::random_device()();
  std::cout << "--seconds " << options.seconds << " --visitors " << options.visits.visitors
            << " --seed " << options.visits.seed << "\n"
            << std::flush;
  return std::nullopt;
}

using Instances = std::vector<std::unique_ptr<VisitedInstance>>;

void VisitAll(const Instances& instances, std::chrono::steady_clock::duration length) {
  const auto until = std::chrono::steady_clock::now() + length;
  for (const auto& instance : instances) instance->StartVisitors(until);
  for (const auto& instance : instances) instance->AwaitVisitors();
}

int Run(const Options& options) {
  constexpr std::size_t kShown = 20;
  Instances instances;
  for (const HttpFunction& function : HttpFunctions()) {
    if (!options.only.empty() && options.only != function.handler) continue;
    instances.push_back(std::make_unique<VisitedInstance>(function, options.visits));
  }
  if (instances.empty()) throw std::runtime_error("there is no function " + options.only);
  const auto whole = std::chrono::seconds(options.seconds);
  VisitAll(instances, whole / 4);  // What is used for the first time is no growth.
  for (const auto& instance : instances) instance->TakeMeasure();
  VisitAll(instances, whole - whole / 4);
  std::vector<std::string> faults;
  std::size_t visits = 0;
  for (const auto& instance : instances) {
    for (auto& fault : instance->Judge()) faults.push_back(std::move(fault));
    visits += instance->visits();
    std::cout << instance->Summary() << "\n";
  }
  std::cout << visits << " visits, " << faults.size() << " faults\n";
  for (std::size_t i = 0; i < faults.size() && i < kShown; ++i) std::cout << faults[i] << "\n";
  return faults.empty() ? 0 : 1;
}

}  // namespace
}  // namespace openfc::soak

int main(int argc, char** argv) try {
  openfc::soak::Options options;
  if (const auto code = openfc::soak::Parse(options, argc, argv)) return *code;
  return openfc::soak::Run(options);
} catch (const std::exception& error) {
  std::cerr << "soak_disconnects: " << error.what() << "\n";
  return 1;
}
