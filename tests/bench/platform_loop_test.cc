#include "tests/bench/platform_loop.h"

#include "tests/fakes/program.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace openfc::bench {
namespace {

using testing::Program;
using testing::ProgramOptions;

/// The bare client, polling that platform.
ProgramOptions Polling(const PlatformLoop& platform, const std::vector<std::string>& arguments) {
  ProgramOptions options;
  options.arguments = arguments;
  options.environment = {{"FC_RUNTIME_API", platform.address()}};
  return options;
}

TEST(PlatformLoopTest, CountsEachInvocationOnce) {
  PlatformLoop platform({});
  const Program client("bench_bare_client", Polling(platform, {}));

  const Round round = platform.Run({.count = 50});

  EXPECT_EQ(round.latencies_us.size(), 50U);
  EXPECT_EQ(round.wrong_answers, 0U);
}

TEST(PlatformLoopTest, ServesAWindowOfPipelinedPairs) {
  PlatformLoop platform({.window = 16});
  const Program client("bench_bare_client", Polling(platform, {"--together", "--window", "16"}));

  const Round round = platform.Run({.count = 200});

  EXPECT_EQ(round.latencies_us.size(), 200U);
  EXPECT_EQ(round.wrong_answers, 0U);
}

TEST(PlatformLoopTest, EchoesMoreThanASocketTakesAtOnce) {
  PlatformLoop platform({.event = std::string(6'000'000, 'e')});
  const Program client("bench_bare_client", Polling(platform, {}));

  const Round round = platform.Run({.count = 2});

  EXPECT_EQ(round.wrong_answers, 0U);
}

TEST(PlatformLoopTest, SaysThatTheRuntimeEnded) {
  PlatformLoop platform({});
  const Program program("/bin/true", {});
  platform.WatchProcess(program.pid());

  EXPECT_THROW(platform.AwaitPolls(1), std::runtime_error);
}

}  // namespace
}  // namespace openfc::bench
