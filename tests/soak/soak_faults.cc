// The instance against a platform that misbehaves: nothing is lost, nothing is run twice.
//
//     soak_faults [--invocations N] [--window N] [--seed N] [--patience SECONDS] [--runtime
//     PROGRAM]

#include "tests/soak/fault_conduct.h"
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
  FaultConduct conduct(options.count, options.seed);
  Instance instance({.address = platform.address(),
                     .code = folder.path(),
                     .runs = runs,
                     .window = options.window,
                     .runtime = options.runtime});
  const int code = RunToVerdict(platform, conduct, conduct.ledger(), instance, options.patience());
  std::cout << conduct.troubles() << " troubles\n";
  return code;
}

}  // namespace
}  // namespace openfc::soak

int main(int argc, char** argv) try {
  openfc::soak::SoakOptions options{.count = 10'000};
  if (const auto code = options.Parse("--invocations", argc, argv)) return *code;
  return openfc::soak::Run(options);
} catch (const std::exception& error) {
  std::cerr << "soak_faults: " << error.what() << "\n";
  return 1;
}
