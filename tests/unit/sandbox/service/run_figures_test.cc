#include "sandbox/service/run_figures.h"

#include <gmock/gmock.h>

namespace openfc::sandbox {
namespace {

using ::testing::HasSubstr;

TEST(RunFiguresTest, AreOfAllRuns) {
  RunFigures figures;
  figures.CountEnd({.end = RunEnd::kExited,
                    .cpu = std::chrono::milliseconds(1500),
                    .wall = std::chrono::milliseconds(20)});
  figures.CountEnd({.end = RunEnd::kExited, .wall = std::chrono::minutes(2)});

  const std::string text = figures.Text({}, {}, 3);

  for (const char* line :
       {"fcsandbox_runs_total{verdict=\"exited\"} 2\n", "fcsandbox_run_cpu_seconds_total 1.5\n",
        "fcsandbox_run_duration_seconds_bucket{le=\"0.01\"} 0\n",
        "fcsandbox_run_duration_seconds_bucket{le=\"0.025\"} 1\n",
        "fcsandbox_run_duration_seconds_bucket{le=\"60\"} 1\n",
        "fcsandbox_run_duration_seconds_bucket{le=\"+Inf\"} 2\n",
        "fcsandbox_log_lines_dropped_total 3\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(RunFiguresTest, SayWhatThereIsRoomForAndWhatStandsAroundARun) {
  const std::string text =
      RunFigures().Text({.running = 1, .queued = 2, .run_capacity = 4, .queue_capacity = 64},
                        {.profile = "unpriv", .missing = {"P6", "P8"}}, 0);

  for (const char* line : {"fcsandbox_running 1\n", "fcsandbox_queued 2\n",
                           "fcsandbox_run_capacity 4\n", "fcsandbox_queue_capacity 64\n",
                           "fcsandbox_isolation_info{profile=\"unpriv\",missing=\"P6,P8\"} 1\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

}  // namespace
}  // namespace openfc::sandbox
