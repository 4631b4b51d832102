#include "sandbox/zygote/live_runs.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr std::chrono::milliseconds kLookEvery{20};
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

void LiveRuns::Add(std::uint64_t id, const Limits& limits, std::unique_ptr<RunPlace> place,
                   Deadline::Clock::time_point forked) {
  Run run{.id = id,
          .limits = limits,
          .place = std::move(place),
          .started = forked,
          .until = Deadline(forked + limits.wall),
          .next_look = {},
          .forced = {},
          .ended = forked};
  if (run.place->NeedsWatch()) run.next_look = Deadline(forked + kLookEvery);
  runs_.push_back(std::move(run));
}

void LiveRuns::Kill(Run& run, RunEnd why) {
  if (!run.has_ended && !run.forced) run.forced = why;
  run.place->Kill();
}

void LiveRuns::Cancel(std::uint64_t id) {
  for (Run& run : runs_) {
    if (run.id == id) Kill(run, RunEnd::kCancelled);
  }
}

void LiveRuns::Reap(RunPlace* spare) {
  siginfo_t info{};
  while (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
    const pid_t child = std::exchange(info.si_pid, 0);
    const auto run = std::find_if(runs_.begin(), runs_.end(),
                                  [&](const Run& one) { return one.place->main() == child; });
    int status = 0;
    rusage use{};
    // The rest of the tree first: once the leader is reaped its number may be somebody else's.
    const auto ended = Deadline::Clock::now();
    if (run != runs_.end()) run->place->Kill();
    if (::wait4(child, &status, WNOHANG, &use) != child) break;
    if (run != runs_.end()) {
      run->has_ended = true;
      run->ended = ended;
      run->status = status;
      run->use = use;
    }
    for (Run& one : runs_) one.place->NoteReaped(child);
    if (spare != nullptr) spare->NoteReaped(child);
  }
}

void LiveRuns::Look(Run& run) {
  if (run.has_ended || run.forced) return;
  if (run.until.HasPassed()) Kill(run, RunEnd::kTimedOut);
  if (!run.next_look.HasPassed()) return;
  const auto begun = Deadline::Clock::now();
  const RunPlace::Use use = run.place->Measure();
  // A look at many processes takes long: at most a tenth of the time goes into looking.
  const auto taken = Deadline::Clock::now() - begun;
  run.next_look = Deadline::After(std::max<Deadline::Clock::duration>(kLookEvery, 10 * taken));
  if (use.memory_bytes > run.limits.memory_bytes) Kill(run, RunEnd::kOutOfMemory);
  if (use.disk_bytes > run.limits.disk_bytes) Kill(run, RunEnd::kSignalled);
}

Notice LiveRuns::VerdictOf(const Run& run) const {
  Notice notice;
  notice.kind = NoticeKind::kEnded;
  notice.id = run.id;
  notice.end =
      run.forced ? *run.forced : EndOf(run.status, run.use, run.limits, run.place->IsOutOfMemory());
  if (WIFEXITED(run.status)) notice.exit_code = WEXITSTATUS(run.status);
  if (WIFSIGNALED(run.status)) notice.signal = WTERMSIG(run.status);
  notice.cpu_us = ProcessorTime(run.use);
  notice.wall_us =
      std::chrono::duration_cast<std::chrono::microseconds>(run.ended - run.started).count();
  constexpr std::int64_t kKiB = 1024;
  notice.peak_memory_bytes = run.place->PeakBytes().value_or(run.use.ru_maxrss * kKiB);
  return notice;
}

void LiveRuns::Tend(RunPlace* spare) {
  for (Run& run : runs_) Look(run);
  Reap(spare);
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
  Deadline next;
  for (const Run& run : runs_) {
    if (run.has_ended || run.forced) continue;
    next = std::min({next, run.until, run.next_look});
  }
  return next;
}

void LiveRuns::End() {
  for (Run& run : runs_) Kill(run, RunEnd::kCancelled);
  const Deadline deadline = Deadline::After(kEndPatience);
  while (!runs_.empty() && !deadline.HasPassed()) {
    Tend(nullptr);
    if (!runs_.empty()) (void)::poll(nullptr, 0, 1);
  }
}

}  // namespace openfc::sandbox
