// The instance whose runtime is killed in every state: all that it had in its hands is answered.
//
//     soak_kills [--kills N] [--window N] [--seed N] [--patience SECONDS]

#include "tests/soak/kill_conduct.h"
#include "tests/soak/soak_options.h"
#include "tests/soak/verdict.h"

#include <iostream>

namespace openfc::soak {
namespace {

int Run(const SoakOptions& options) {
  const testing::TempDir folder;
  (void)folder.WriteFile("index.py", HandlerCode());
  const auto runs = folder.path() / "runs";
  HostilePlatform platform(runs);
  KillConduct conduct(options.count, options.seed);
  Instance instance({.address = platform.address(),
                     .code = folder.path(),
                     .runs = runs,
                     .window = options.window,
                     .runtime = options.runtime});
  conduct.SetInstance(instance);
  return RunToVerdict(platform, conduct, conduct.ledger(), instance, options.patience());
}

}  // namespace
}  // namespace openfc::soak

int main(int argc, char** argv) try {
  openfc::soak::SoakOptions options{.count = 1000};
  if (const auto code = options.Parse("--kills", argc, argv)) return *code;
  return openfc::soak::Run(options);
} catch (const std::exception& error) {
  std::cerr << "soak_kills: " << error.what() << "\n";
  return 1;
}
