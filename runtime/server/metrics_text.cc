#include "runtime/server/metrics_text.h"

#include "runtime/base/metrics_page.h"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <string_view>

namespace openfc {
namespace {

constexpr std::array<std::string_view, MetricsSum::kTypes> kTypeNames = {"invoke", "initialize",
                                                                         "pre_stop", "pre_freeze"};

void AddInvocations(const MetricsSum& sum, MetricsPage& page) {
  constexpr std::string_view kName = "openfc_invocations_total";
  page.Describe(kName, "counter", "Invocations that were answered, or lost with their process.");
  for (std::size_t type = 0; type < MetricsSum::kTypes; ++type) {
    for (const auto& [outcome, count] :
         {std::pair("success", sum.successes[type]), std::pair("failure", sum.failures[type])}) {
      page.Add(kName, fmt::format(R"(type="{}",outcome="{}")", kTypeNames[type], outcome), count);
    }
  }
}

void AddErrors(const MetricsSum& sum, MetricsPage& page) {
  constexpr std::string_view kName = "openfc_errors_total";
  page.Describe(kName, "counter", "Failed invocations, by errorType.");
  for (const auto& [type, count] : sum.errors) {
    page.Add(kName, fmt::format(R"(error_type="{}")", type), count);
  }
}

void AddDurations(const MetricsSum& sum, MetricsPage& page) {
  constexpr std::string_view kName = "openfc_invocation_duration_seconds";
  page.Describe(kName, "histogram", "From the function's start to the end of its answer.");
  page.AddHistogram(kName, MetricsTable::kBounds, sum.durations,
                    std::chrono::duration<double>(sum.duration_total).count());
}

}  // namespace

std::string MetricsText(const MetricsSum& sum, std::int64_t resident_bytes) {
  MetricsPage page;
  AddInvocations(sum, page);
  AddErrors(sum, page);
  AddDurations(sum, page);
  page.Describe("openfc_in_flight", "gauge", "Invocations that the function is at.");
  page.Add("openfc_in_flight", "", sum.running);
  page.Describe("openfc_queue", "gauge", "Requests that wait for their turn.");
  page.Add("openfc_queue", "", sum.waiting);
  page.Describe("openfc_cold_starts_total", "counter", "Invocations that were a process's first.");
  page.Add("openfc_cold_starts_total", "", sum.cold_starts);
  page.Describe("openfc_restarts_total", "counter", "Processes that took the place of a dead one.");
  page.Add("openfc_restarts_total", "", sum.restarts);
  page.Describe("openfc_memory_bytes", "gauge", "Resident memory of the processes that serve.");
  page.Add("openfc_memory_bytes", "", resident_bytes);
  return page.Take();
}

}  // namespace openfc
