#include "bootstrap/rloader/death.h"

#include "runtime/wire/fault.h"
#include "runtime/wire/lambda_fault.h"
#include "runtime/wire/routes.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace openfc::bootstrap {
namespace {

wire::ProcessEnd ProcessEndOf(const Death& death, const InFlight& row) {
  // The row's time is the runtime's word for it: no invocation is older than its process.
  const auto start = std::clamp(row.start, death.started, std::max(death.started, death.ended));
  return {.duration = std::chrono::duration_cast<std::chrono::milliseconds>(death.ended - start),
          .peak_memory_bytes = death.peak_memory_bytes};
}

Failure LambdaFaultOf(const Death& death, const std::string& request_id) {
  if (death.is_stopped) return wire::LambdaStop(request_id);
  if (death.memory_limit_mb) return wire::LambdaOutOfMemory(request_id);
  if (death.end.signal != 0) return wire::LambdaKill(request_id, death.end.signal);
  return wire::LambdaExit(request_id, death.end.exit_code);
}

Failure FaultOf(const Death& death, const InFlight& row) {
  if (death.dialect == Dialect::kAws) return LambdaFaultOf(death, row.request_id);
  const wire::ProcessEnd end = ProcessEndOf(death, row);
  if (death.is_stopped) return wire::InstanceStopped(end);
  if (death.memory_limit_mb) return wire::OutOfMemory(end, *death.memory_limit_mb);
  if (death.end.signal != 0) return wire::ProcessKilled(end, death.end.signal);
  return wire::ProcessExited(end, death.end.exit_code);
}

/// In AWS's dialect the line is the platform's.
std::string EndLine(const InFlight& row, Dialect dialect) {
  if (dialect == Dialect::kAws) return "";
  constexpr std::array<const char*, 4> kPhases = {"Invoke", "Initialize", "PreStop", "PreFreeze"};
  return std::string("FC ") + kPhases[row.type] + " End RequestId: " + row.request_id +
         ", Error: Unhandled function error\n";
}

FaultReport ReportOf(std::string path, Failure fault, const std::string& request_id,
                     Dialect dialect) {
  return {.path = std::move(path),
          .document = std::move(fault.document),
          .request_id = request_id,
          .error_type = dialect == Dialect::kAws ? std::move(fault.type) : ""};
}

}  // namespace

std::vector<FaultAnswer> ClaimAnswers(SharedPage& page, const Death& death) {
  std::vector<FaultAnswer> answers;
  std::set<std::string> answered;
  for (const InFlight& row : page.ReadInFlight()) {
    if (!page.TryClaim(row.row, /*is_dead=*/true)) continue;
    if (!answered.insert(row.request_id).second) continue;
    answers.push_back({.end_line = EndLine(row, death.dialect),
                       .report = ReportOf(wire::ErrorPath(row.request_id, death.dialect),
                                          FaultOf(death, row), row.request_id, death.dialect)});
  }
  return answers;
}

FaultReport InitErrorReport(int deaths, const std::string& last, Dialect dialect) {
  return ReportOf(wire::PathIn(dialect, wire::kInitErrorPath),
                  dialect == Dialect::kAws ? wire::LambdaInitFailed(deaths, last)
                                           : wire::InitFailed(deaths, last),
                  "", dialect);
}

std::string DescribeEnd(const ChildEnd& end) {
  return end.signal != 0 ? wire::KillCause(end.signal) : wire::ExitCause(end.exit_code);
}

}  // namespace openfc::bootstrap
