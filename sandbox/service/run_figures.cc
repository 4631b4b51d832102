#include "sandbox/service/run_figures.h"

#include "runtime/base/metrics_page.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/fmt/ranges.h>

#include <algorithm>

namespace openfc::sandbox {
namespace {

void AddGauge(MetricsPage& page, std::string_view name, std::string_view help, std::size_t value) {
  page.Describe(name, "gauge", help);
  page.Add(name, "", static_cast<std::uint64_t>(value));
}

void AddCounter(MetricsPage& page, std::string_view name, std::string_view help,
                std::uint64_t value) {
  page.Describe(name, "counter", help);
  page.Add(name, "", value);
}

}  // namespace

void RunFigures::Histogram::Add(std::chrono::duration<double> length) {
  const auto* const bound = std::lower_bound(kBounds.begin(), kBounds.end(), length.count());
  ++counts.at(static_cast<std::size_t>(bound - kBounds.begin()));
  sum += length;
}

void RunFigures::CountEnd(const RunOutcome& outcome) {
  const MutexLock lock(mutex_);
  ++ends_.at(static_cast<std::size_t>(outcome.end));
  cpu_ += outcome.cpu;
  walls_.Add(outcome.wall);
  cleanups_.Add(outcome.cleanup);
}

void RunFigures::CountBusy() {
  const MutexLock lock(mutex_);
  ++busy_;
}

std::string RunFigures::Text(const ExecutorLoad& load, const IsolationLevel& level,
                             std::uint64_t dropped_lines) const {
  const MutexLock lock(mutex_);
  MetricsPage page;
  page.Describe("fcsandbox_runs_total", "counter", "Runs that ended, by their verdict.");
  for (std::size_t end = 0; end < kEnds; ++end) {
    page.Add("fcsandbox_runs_total",
             fmt::format(R"(verdict="{}")", NameOf(static_cast<RunEnd>(end))), ends_.at(end));
  }
  AddCounter(page, "fcsandbox_runs_busy_total", "Runs that found the queue full.", busy_);
  page.Describe("fcsandbox_run_cpu_seconds_total", "counter", "Processor time of all runs.");
  page.Add("fcsandbox_run_cpu_seconds_total", "", std::chrono::duration<double>(cpu_).count());
  page.Describe("fcsandbox_run_duration_seconds", "histogram", "From a run's start to its end.");
  page.AddHistogram("fcsandbox_run_duration_seconds", kBounds, walls_.counts, walls_.sum.count());
  page.Describe("fcsandbox_run_cleanup_seconds", "histogram",
                "From a run's end until nothing was left of it.");
  page.AddHistogram("fcsandbox_run_cleanup_seconds", kBounds, cleanups_.counts,
                    cleanups_.sum.count());
  AddGauge(page, "fcsandbox_running", "Runs that run.", load.running);
  AddGauge(page, "fcsandbox_run_capacity", "Runs that may run at once.", load.run_capacity);
  AddGauge(page, "fcsandbox_queued", "Runs that wait for their turn.", load.queued);
  AddGauge(page, "fcsandbox_queue_capacity", "Runs that may wait.", load.queue_capacity);
  AddCounter(page, "fcsandbox_log_lines_dropped_total", "Lines that nobody took.", dropped_lines);
  page.Describe("fcsandbox_isolation_info", "gauge", "What stands around a run.");
  page.Add(
      "fcsandbox_isolation_info",
      fmt::format(R"(profile="{}",missing="{}")", level.profile, fmt::join(level.missing, ",")),
      std::uint64_t{1});
  return page.Take();
}

}  // namespace openfc::sandbox
