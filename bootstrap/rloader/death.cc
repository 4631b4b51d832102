#include "bootstrap/rloader/death.h"

#include "runtime/wire/fault.h"
#include "runtime/wire/lambda_fault.h"
#include "runtime/wire/routes.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
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

bool IsRunning(const InFlight& row) { return row.state == RowState::kRunning; }

/// The one row of which that is true; null when it is none or several: an event loop runs many in
/// one thread.
template <typename Predicate>
const InFlight* FindOnly(const std::vector<InFlight>& rows, const Predicate& is_it) {
  const auto first = std::find_if(rows.begin(), rows.end(), is_it);
  if (first == rows.end() || std::any_of(std::next(first), rows.end(), is_it)) return nullptr;
  return &*first;
}

/// The one that took the process down, if that can be told: it ran in the thread that died of the
/// signal, or nothing else ran.
const InFlight* FindCulprit(const std::vector<InFlight>& rows, const Death& death) {
  if (IsDeathOf(death.stacks, death.end.signal)) {
    for (const ThreadStack& stack : death.stacks.threads) {
      const InFlight* const found = FindOnly(rows, [&stack](const InFlight& row) {
        return stack.is_current && IsRunning(row) && row.thread == stack.thread;
      });
      if (found != nullptr) return found;
    }
  }
  return FindOnly(rows, IsRunning);
}

/// What is the same for all invocations that one death has left.
struct Circumstances {
  const Death& death;
  std::string culprit_id;  // Empty: it cannot be told.
  bool is_alone;           // Nothing else was in flight, timed out or not.
};

wire::Stack StackOf(const Circumstances& known, const InFlight& row) {
  const StackDump& stacks = known.death.stacks;
  if (known.is_alone) return BestStack(stacks, row.thread);
  const ThreadStack* const own = FindThread(stacks, row.thread);
  return own != nullptr ? own->frames : wire::Stack();
}

Failure LambdaFaultOf(const Circumstances& known, const InFlight& row) {
  const Death& death = known.death;
  const wire::Stack stack = StackOf(known, row);
  if (death.is_stopped) return wire::LambdaStop(row.request_id, stack);
  if (death.memory_limit_mb) return wire::LambdaOutOfMemory(row.request_id);
  if (death.timed_out) {
    return wire::LambdaRestart(row.request_id, *death.timed_out, wire::RestartCause::kTimedOut,
                               stack);
  }
  if (!known.culprit_id.empty() && known.culprit_id != row.request_id) {
    return wire::LambdaRestart(row.request_id, known.culprit_id, wire::RestartCause::kCrashed,
                               stack);
  }
  if (death.end.signal != 0) return wire::LambdaKill(row.request_id, death.end.signal, stack);
  return wire::LambdaExit(row.request_id, death.end.exit_code, stack);
}

Failure FaultOf(const Circumstances& known, const InFlight& row) {
  const Death& death = known.death;
  if (death.dialect == Dialect::kAws) return LambdaFaultOf(known, row);
  const wire::ProcessEnd end = ProcessEndOf(death, row);
  const wire::Stack stack = StackOf(known, row);
  if (death.is_stopped) return wire::InstanceStopped(end, stack);
  if (death.memory_limit_mb) return wire::OutOfMemory(end, *death.memory_limit_mb);
  if (death.timed_out) {
    return wire::InstanceRestarted(*death.timed_out, wire::RestartCause::kTimedOut, stack);
  }
  if (!known.culprit_id.empty() && known.culprit_id != row.request_id) {
    return wire::InstanceRestarted(known.culprit_id, wire::RestartCause::kCrashed, stack);
  }
  if (death.end.signal != 0) return wire::ProcessKilled(end, death.end.signal, stack);
  return wire::ProcessExited(end, death.end.exit_code, stack);
}

/// What the platform calls the function's timeout; where it did not say, how long it has let it.
std::int64_t TimeoutSeconds(const InFlight& row) {
  if (row.timeout.count() > 0) return row.timeout.count();
  return std::max<std::int64_t>(
      std::chrono::round<std::chrono::seconds>(row.deadline.when() - row.start).count(), 0);
}

Failure TimeoutOf(const InFlight& row, const wire::Stack& stack, Dialect dialect) {
  if (dialect == Dialect::kFc) return wire::FunctionTimeout(TimeoutSeconds(row), stack);
  const auto allowed =
      std::chrono::round<std::chrono::milliseconds>(row.deadline.when() - row.start);
  return wire::LambdaTimeout(row.request_id, std::max(allowed, decltype(allowed)::zero()), stack);
}

/// In AWS's dialect the line is the platform's; before a post the runtime has written it itself.
std::string EndLine(const InFlight& row, Dialect dialect) {
  if (dialect == Dialect::kAws || row.state == RowState::kPosting) return "";
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

FaultAnswer AnswerFor(const InFlight& row, Failure failure, Dialect dialect) {
  return {.end_line = EndLine(row, dialect),
          .report = ReportOf(wire::ErrorPath(row.request_id, dialect), std::move(failure),
                             row.request_id, dialect)};
}

InFlight UnlistedRow(const Invocation& invocation, const Death& death) {
  return {.row = 0,
          .state = RowState::kReceived,
          .request_id = invocation.request_id,
          .type = static_cast<std::uint32_t>(invocation.type),
          .start = death.ended,
          .deadline = invocation.deadline};
}

}  // namespace

std::vector<FaultAnswer> ClaimAnswers(SharedPage& page, const Death& death, PagePart part) {
  // All rows are read before the first is answered: the runtime's own children may live on, and
  // write there, too.
  std::vector<InFlight> rows;
  std::set<std::string> ids;
  for (InFlight& row : page.ReadInFlight(part)) {
    if (!page.TryClaim(row.row, /*is_dead=*/true)) continue;
    if (ids.insert(row.request_id).second) rows.push_back(std::move(row));
  }
  for (const Invocation& invocation : death.unlisted) {
    if (ids.insert(invocation.request_id).second) rows.push_back(UnlistedRow(invocation, death));
  }
  const InFlight* const culprit = FindCulprit(rows, death);
  const Circumstances known{.death = death,
                            .culprit_id = culprit != nullptr ? culprit->request_id : "",
                            .is_alone = rows.size() == 1 && !death.timed_out};
  std::vector<FaultAnswer> answers;
  answers.reserve(rows.size());
  for (const InFlight& row : rows) {
    answers.push_back(AnswerFor(row, FaultOf(known, row), death.dialect));
  }
  return answers;
}

std::vector<InFlight> ClaimDue(SharedPage& page, const std::vector<InFlight>& due) {
  std::vector<InFlight> claimed;
  std::copy_if(due.begin(), due.end(), std::back_inserter(claimed),
               [&page](const InFlight& row) { return page.TryClaim(row.row, /*is_dead=*/false); });
  return claimed;
}

std::vector<FaultAnswer> TimeoutAnswers(const std::vector<InFlight>& claimed,
                                        const StackDump& stacks, Dialect dialect) {
  std::vector<FaultAnswer> answers;
  answers.reserve(claimed.size());
  for (const InFlight& row : claimed) {
    const ThreadStack* const own = FindThread(stacks, row.thread);
    const wire::Stack stack = claimed.size() == 1 ? BestStack(stacks, row.thread)
                              : own != nullptr    ? own->frames
                                                  : wire::Stack();
    answers.push_back(AnswerFor(row, TimeoutOf(row, stack, dialect), dialect));
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
