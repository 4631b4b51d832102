#include "sandbox/zygote/live_runs.h"

#include "sandbox/zygote/processor_time.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr std::chrono::milliseconds kLookEvery{20};
constexpr std::chrono::seconds kLongestLook{5};
constexpr std::chrono::seconds kEndPatience{2};

std::int64_t Microseconds(const timeval& time) {
  return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
}

std::int64_t MicrosecondsSince(Deadline::Clock::time_point when) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Deadline::Clock::now() - when)
      .count();
}

std::int64_t ProcessorTime(const rusage& use) {
  return Microseconds(use.ru_utime) + Microseconds(use.ru_stime);
}

/// How soon a process may have used so much, with all processors of the machine.
Deadline::Clock::duration SoonestUse(std::chrono::nanoseconds use) {
  static const auto processors = std::max<std::int64_t>(1, ::sysconf(_SC_NPROCESSORS_ONLN));
  return std::max<Deadline::Clock::duration>(use / processors, std::chrono::milliseconds(1));
}

RunEnd EndOf(int status, const rusage& use, const Limits& limits, bool is_out_of_memory) {
  const bool has_failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
  if (is_out_of_memory && has_failed) return RunEnd::kOutOfMemory;
  if (WIFEXITED(status)) return RunEnd::kExited;
  const int signal = WTERMSIG(status);
  const bool has_used_all = ProcessorTime(use) >= std::chrono::microseconds(limits.cpu).count();
  if (signal == SIGXCPU || (signal == SIGKILL && has_used_all)) return RunEnd::kCpuTimedOut;
  return RunEnd::kSignalled;
}

}  // namespace

void LiveRuns::Add(const Start& start, std::unique_ptr<RunPlace> place) {
  Run run{.start = start,
          .place = std::move(place),
          .until = Deadline(start.begun + start.limits.wall),
          .next_look = {},
          .next_processor_look = Deadline(start.begun + SoonestUse(start.limits.cpu)),
          .forced = {},
          .ended = start.begun};
  if (run.place->NeedsWatch()) run.next_look = Deadline(start.begun + kLookEvery);
  runs_.push_back(std::move(run));
}

void LiveRuns::Kill(Run& run, RunEnd why) {
  if (!run.has_ended && !run.forced) run.forced = why;
  run.place->Kill();
}

/// Of one whose first process has ended. The engine has killed it when we were late.
void LiveRuns::EndTree(Run& run) {
  if (run.until.HasPassed()) return Kill(run, RunEnd::kTimedOut);
  run.place->Kill();
}

void LiveRuns::Cancel(std::uint64_t id) {
  for (Run& run : runs_) {
    if (run.start.id == id) Kill(run, RunEnd::kCancelled);
  }
}

void LiveRuns::Reap(const std::function<void(pid_t)>& reaped) {
  siginfo_t info{};
  while (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
    const pid_t child = std::exchange(info.si_pid, 0);
    const auto run = std::find_if(runs_.begin(), runs_.end(),
                                  [&](const Run& one) { return one.place->main() == child; });
    int status = 0;
    rusage use{};
    // The rest of the tree first: once the leader is reaped its number may be somebody else's.
    const auto ended = Deadline::Clock::now();
    if (run != runs_.end()) EndTree(*run);
    if (::wait4(child, &status, WNOHANG, &use) != child) break;
    if (run != runs_.end()) {
      run->has_ended = true;
      run->ended = ended;
      run->status = status;
      run->use = use;
    }
    for (Run& one : runs_) one.place->NoteReaped(child);
    reaped(child);
  }
}

void LiveRuns::Look(Run& run) {
  if (run.has_ended || run.forced) return;
  if (run.until.HasPassed()) Kill(run, RunEnd::kTimedOut);
  if (run.next_processor_look.HasPassed()) LookAtProcessorTime(run);
}

/// The kernel limits it by the second, and would count what was used before the run.
void LiveRuns::LookAtProcessorTime(Run& run) {
  const auto used = ProcessorTimeOf(run.place->main()) - run.start.processor_before;
  const auto left = run.start.limits.cpu - used;
  if (left.count() <= 0) return Kill(run, RunEnd::kCpuTimedOut);
  run.next_processor_look = Deadline::After(SoonestUse(left));
}

/// At the one that has waited longest; at one at a time.
void LiveRuns::AskForLook() {
  if (asked_) return;
  const auto wants = [](const Run& run) { return !run.has_ended && !run.forced; };
  auto next = runs_.end();
  for (auto run = runs_.begin(); run != runs_.end(); ++run) {
    const bool is_sooner = next == runs_.end() || run->next_look < next->next_look;
    if (wants(*run) && is_sooner) next = run;
  }
  if (next == runs_.end() || !next->next_look.HasPassed()) return;
  const auto now = Deadline::Clock::now();
  const Sight sight = next->place->sight();
  if (has_looker_ && looker_.Ask(next->start.id, sight)) {
    asked_ = Asked{.run = next->start.id, .when = now, .patience = Deadline(now + kLongestLook)};
    return;
  }
  has_looker_ = false;  // It was killed.
  Weigh(*next, LookAt(sight), Deadline::Clock::now() - now);
}

void LiveRuns::TakeLook() {
  const auto answer = looker_.TakeAnswer();
  const auto asked = std::exchange(asked_, std::nullopt);
  if (!answer) {
    has_looker_ = false;
    return;
  }
  for (Run& run : runs_) {
    if (asked && run.start.id == answer->run && !run.has_ended && !run.forced) {
      Weigh(run, answer->use, Deadline::Clock::now() - asked->when);
    }
  }
}

void LiveRuns::Weigh(Run& run, Use seen, Deadline::Clock::duration taken) {
  const Use use = run.place->Judge(seen);
  // A look at many processes takes long: at most a tenth of the time goes into looking.
  run.next_look = Deadline::After(std::max<Deadline::Clock::duration>(kLookEvery, 10 * taken));
  if (use.memory_bytes > run.start.limits.memory_bytes) Kill(run, RunEnd::kOutOfMemory);
  if (use.disk_bytes > run.start.limits.disk_bytes) Kill(run, RunEnd::kSignalled);
}

/// Who cannot be looked at is not watched, and nobody else is meanwhile.
void LiveRuns::EndWhoIsLookedAtForLong() {
  if (!asked_ || !asked_->patience.HasPassed()) return;
  asked_->patience = Deadline::Never();
  for (Run& run : runs_) {
    if (run.start.id == asked_->run) Kill(run, RunEnd::kSignalled);
  }
}

Notice LiveRuns::VerdictOf(const Run& run) const {
  Notice notice;
  notice.kind = NoticeKind::kEnded;
  notice.id = run.start.id;
  notice.end = run.forced
                   ? *run.forced
                   : EndOf(run.status, run.use, run.start.limits, run.place->IsOutOfMemory());
  if (WIFEXITED(run.status)) notice.exit_code = WEXITSTATUS(run.status);
  if (WIFSIGNALED(run.status)) notice.signal = WTERMSIG(run.status);
  constexpr std::int64_t kNanoseconds = 1000;
  notice.cpu_us = std::max<std::int64_t>(
      0, ProcessorTime(run.use) - run.start.processor_before.count() / kNanoseconds);
  notice.wall_us =
      std::chrono::duration_cast<std::chrono::microseconds>(run.ended - run.start.begun).count();
  constexpr std::int64_t kKiB = 1024;
  notice.peak_memory_bytes = run.place->PeakBytes().value_or(run.use.ru_maxrss * kKiB);
  return notice;
}

void LiveRuns::Tend(const std::function<void(pid_t)>& reaped) {
  for (Run& run : runs_) Look(run);
  EndWhoIsLookedAtForLong();
  AskForLook();
  Reap(reaped);
  for (auto run = runs_.begin(); run != runs_.end();) {
    if (!run->has_ended || !run->place->IsEmpty()) {
      ++run;
      continue;
    }
    Notice verdict = VerdictOf(*run);
    const auto ended = run->ended;
    run = runs_.erase(run);  // Its files and cgroups with it, before anybody hears of the end.
    verdict.cleanup_us = MicrosecondsSince(ended);
    ended_(verdict);
  }
}

Deadline LiveRuns::NextDeadline() const {
  Deadline next = asked_ ? asked_->patience : Deadline::Never();
  for (const Run& run : runs_) {
    if (run.has_ended || run.forced) continue;
    next = std::min({next, run.until, run.next_processor_look});
    if (!asked_) next = std::min(next, run.next_look);
  }
  return next;
}

void LiveRuns::End() {
  for (Run& run : runs_) Kill(run, RunEnd::kCancelled);
  const Deadline deadline = Deadline::After(kEndPatience);
  while (!runs_.empty() && !deadline.HasPassed()) {
    Tend([](pid_t) {});
    if (!runs_.empty()) (void)::poll(nullptr, 0, 1);
  }
}

}  // namespace openfc::sandbox
