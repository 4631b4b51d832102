#include "runtime/server/metrics_text.h"

#include <gmock/gmock.h>

namespace openfc {
namespace {

using ::testing::HasSubstr;

TEST(MetricsTextTest, NamesEachFigureWithItsKind) {
  const std::string text = MetricsText({}, 0);

  for (const char* type : {"openfc_invocations_total counter", "openfc_errors_total counter",
                           "openfc_invocation_duration_seconds histogram", "openfc_in_flight gauge",
                           "openfc_queue gauge", "openfc_cold_starts_total counter",
                           "openfc_restarts_total counter", "openfc_memory_bytes gauge"}) {
    EXPECT_THAT(text, HasSubstr(std::string("# TYPE ") + type + "\n"));
  }
}

TEST(MetricsTextTest, HasTheFiguresUnderTheirLabels) {
  MetricsSum sum;
  sum.successes[0] = 3;
  sum.failures[1] = 2;
  sum.errors["ValueError"] = 2;
  sum.running = 4;
  sum.waiting = 5;

  const std::string text = MetricsText(sum, 4096);

  for (const char* line :
       {"openfc_invocations_total{type=\"invoke\",outcome=\"success\"} 3\n",
        "openfc_invocations_total{type=\"initialize\",outcome=\"failure\"} 2\n",
        "openfc_errors_total{error_type=\"ValueError\"} 2\n", "openfc_in_flight 4\n",
        "openfc_queue 5\n", "openfc_memory_bytes 4096\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(MetricsTextTest, AddsTheBucketsUp) {
  MetricsSum sum;
  sum.durations[0] = 1;
  sum.durations[1] = 2;
  sum.durations.back() = 4;
  sum.duration_total = std::chrono::milliseconds(1500);

  const std::string text = MetricsText(sum, 0);

  for (const char* line :
       {"_bucket{le=\"0.001\"} 1\n", "_bucket{le=\"0.0025\"} 3\n", "_bucket{le=\"600\"} 3\n",
        "_bucket{le=\"+Inf\"} 7\n", "_sum 1.5\n", "_count 7\n"}) {
    EXPECT_THAT(text, HasSubstr(std::string("openfc_invocation_duration_seconds") + line));
  }
}

}  // namespace
}  // namespace openfc
