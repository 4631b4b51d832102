#include "sandbox/isolation/resource_limits.h"

#include "tests/unit/sandbox/isolation/in_child.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <optional>

namespace openfc::sandbox {
namespace {

std::optional<std::uint64_t> Soft(const ResourceLimits& limits, int resource) {
  for (std::size_t i = 0; i < limits.count; ++i) {
    if (limits.all.at(i).resource == resource) return limits.all.at(i).soft;
  }
  return std::nullopt;
}

TEST(ResourceLimitsTest, RoundsProcessorTimeUp) {
  Limits limits;
  limits.cpu = std::chrono::milliseconds(1'200);

  EXPECT_EQ(Soft(ResourceLimitsOf(limits, {}, {}), RLIMIT_CPU), 2U);
}

TEST(ResourceLimitsTest, LeavesToACgroupWhatItCounts) {
  const ResourceLimits limits = ResourceLimitsOf(Limits{}, {}, {});

  EXPECT_FALSE(Soft(limits, RLIMIT_NPROC));
  EXPECT_FALSE(Soft(limits, RLIMIT_AS));
  EXPECT_EQ(Soft(limits, RLIMIT_CORE), 0U);
  EXPECT_EQ(Soft(ResourceLimitsOf(Limits{}, 7, 1'000), RLIMIT_NPROC), 7U);
  EXPECT_EQ(Soft(ResourceLimitsOf(Limits{}, 7, 1'000), RLIMIT_AS), 1'000U);
}

TEST(ResourceLimitsTest, AreTheProcessesOwnOnceTheyAreSet) {
  Limits limits;
  limits.open_files = 33;
  const ResourceLimits all = ResourceLimitsOf(limits, {}, {});

  EXPECT_EQ(InChild([&] {
              rlimit set{};
              if (SetResourceLimits(all) != 0) return 250;
              ::getrlimit(RLIMIT_NOFILE, &set);
              return static_cast<int>(set.rlim_cur == set.rlim_max ? set.rlim_cur : 251);
            }),
            33);
}

TEST(ResourceLimitsTest, KeepWhatIsTighterAlready) {
  Limits limits;
  limits.open_files = 1'000;

  EXPECT_EQ(InChild([&] {
              const rlimit tight{20, 20};
              ::setrlimit(RLIMIT_NOFILE, &tight);
              rlimit set{};
              if (SetResourceLimits(ResourceLimitsOf(limits, {}, {})) != 0) return 250;
              ::getrlimit(RLIMIT_NOFILE, &set);
              return static_cast<int>(set.rlim_max);
            }),
            20);
}

}  // namespace
}  // namespace openfc::sandbox
