#include "bootstrap/rloader/death.h"

#include "runtime/wire/fault.h"
#include "runtime/wire/routes.h"

#include <algorithm>
#include <array>
#include <set>

namespace openfc::bootstrap {
namespace {

wire::ProcessEnd ProcessEndOf(const Death& death, const InFlight& row) {
  // The row's time is the runtime's word for it: no invocation is older than its process.
  const auto start = std::clamp(row.start, death.started, std::max(death.started, death.ended));
  return {.duration = std::chrono::duration_cast<std::chrono::milliseconds>(death.ended - start),
          .peak_memory_bytes = death.peak_memory_bytes};
}

Failure FaultOf(const Death& death, const InFlight& row) {
  const wire::ProcessEnd end = ProcessEndOf(death, row);
  if (death.is_stopped) return wire::InstanceStopped(end);
  if (death.memory_limit_mb) return wire::OutOfMemory(end, *death.memory_limit_mb);
  if (death.end.signal != 0) return wire::ProcessKilled(end, death.end.signal);
  return wire::ProcessExited(end, death.end.exit_code);
}

std::string EndLine(const InFlight& row) {
  constexpr std::array<const char*, 4> kPhases = {"Invoke", "Initialize", "PreStop", "PreFreeze"};
  return std::string("FC ") + kPhases[row.type] + " End RequestId: " + row.request_id +
         ", Error: Unhandled function error\n";
}

}  // namespace

std::vector<FaultAnswer> ClaimAnswers(SharedPage& page, const Death& death) {
  std::vector<FaultAnswer> answers;
  std::set<std::string> answered;
  for (const InFlight& row : page.ReadInFlight()) {
    if (!page.TryClaim(row.row, /*is_dead=*/true)) continue;
    if (!answered.insert(row.request_id).second) continue;
    answers.push_back({.end_line = EndLine(row),
                       .report = {.path = wire::ErrorPath(row.request_id),
                                  .document = FaultOf(death, row).document,
                                  .request_id = row.request_id}});
  }
  return answers;
}

FaultReport InitErrorReport(int deaths, const std::string& last) {
  return {.path = std::string(wire::kInitErrorPath),
          .document = wire::InitFailed(deaths, last).document,
          .request_id = ""};
}

std::string DescribeEnd(const ChildEnd& end) {
  return end.signal != 0 ? wire::KillCause(end.signal) : wire::ExitCause(end.exit_code);
}

}  // namespace openfc::bootstrap
