// The memory of the runtime over many invocations.
//
//     soak_memory [--invocations N] [--window N]

#include "tests/bench/platform_loop.h"
#include "tests/bench/process_figures.h"
#include "tests/soak/instance.h"
#include "tests/soak/soak_options.h"

#include <algorithm>
#include <iostream>

namespace openfc::soak {
namespace {

constexpr double kAllowedKilobytesAThousand = 1;

double Kilobytes(const Instance& instance) {
  const auto runtime = instance.Runtime();
  return runtime ? bench::AnonymousKilobytesOf(*runtime) : 0;
}

int Run(const SoakOptions& options) {
  const std::size_t warm_up = std::min<std::size_t>(50'000, options.count / 4);
  const testing::TempDir folder;
  (void)folder.WriteFile("index.py", "def handler(event, context):\n    return event\n");
  bench::PlatformLoop platform({.window = options.window});
  const Instance instance({.address = platform.address(),
                           .code = folder.path(),
                           .window = options.window,
                           .runtime = options.runtime});
  platform.WatchProcess(instance.pid());
  const std::size_t wrong = platform.Run({.count = warm_up}).wrong_answers;
  const double before = Kilobytes(instance);
  const bench::Round round = platform.Run({.count = options.count - warm_up});
  const double grown = Kilobytes(instance) - before;
  const double thousands = static_cast<double>(options.count - warm_up) / 1000;
  std::cout << "after " << warm_up << ": " << before << " KB; grown by " << grown << " KB over "
            << thousands << " thousand: " << grown / thousands << " KB a thousand; "
            << round.PerSecond() << " invocations a second; " << wrong + round.wrong_answers
            << " wrong answers\n";
  const bool is_flat = before > 0 && grown < kAllowedKilobytesAThousand * thousands;
  return is_flat && wrong + round.wrong_answers == 0 ? 0 : 1;
}

}  // namespace
}  // namespace openfc::soak

int main(int argc, char** argv) try {
  openfc::soak::SoakOptions options{.count = 1'000'000};
  if (const auto code = options.Parse("--invocations", argc, argv)) return *code;
  return openfc::soak::Run(options);
} catch (const std::exception& error) {
  std::cerr << "soak_memory: " << error.what() << "\n";
  return 1;
}
