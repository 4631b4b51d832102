#include "tests/soak/soak_options.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <random>

namespace openfc::soak {

std::optional<int> SoakOptions::Parse(const std::string& count_name, int argc, char** argv) {
  CLI::App app("The instance under stress.");
  app.add_option(count_name, count)->check(CLI::PositiveNumber);
  app.add_option("--window", window, "Invocations at once")->check(CLI::PositiveNumber);
  app.add_option("--seed", seed, "Of all that is drawn; 0: any");
  app.add_option("--patience", patience_s, "Seconds in which nothing happens until it gives up")
      ->check(CLI::PositiveNumber);
  app.add_option("--runtime", runtime, "Instead of bootstrap");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  if (seed == 0) seed = std::random_device()();
  std::cout << count_name << " " << count << " --window " << window << " --seed " << seed << "\n"
            << std::flush;
  return std::nullopt;
}

}  // namespace openfc::soak
