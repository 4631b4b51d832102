#include "runtime/base/metrics_page.h"

#include <gmock/gmock.h>

#include <array>

namespace openfc {
namespace {

TEST(MetricsPageTest, DescribesAFigureBeforeItsLines) {
  MetricsPage page;

  page.Describe("runs_total", "counter", "Runs that ended.");
  page.Add("runs_total", R"(verdict="exited")", std::uint64_t{3});
  page.Add("running", "", std::int64_t{-1});

  EXPECT_EQ(page.Take(),
            "# HELP runs_total Runs that ended.\n# TYPE runs_total counter\n"
            "runs_total{verdict=\"exited\"} 3\nrunning -1\n");
}

TEST(MetricsPageTest, AddsTheBucketsOfAHistogramUp) {
  constexpr std::array<double, 2> kBounds = {0.1, 1};
  constexpr std::array<std::uint64_t, 3> kCounts = {1, 2, 4};
  MetricsPage page;

  page.AddHistogram("seconds", kBounds, kCounts, 12.5);

  EXPECT_EQ(page.Take(),
            "seconds_bucket{le=\"0.1\"} 1\nseconds_bucket{le=\"1\"} 3\n"
            "seconds_bucket{le=\"+Inf\"} 7\nseconds_sum 12.5\nseconds_count 7\n");
}

}  // namespace
}  // namespace openfc
