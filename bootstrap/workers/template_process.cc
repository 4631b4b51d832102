#include "bootstrap/workers/template_process.h"

#include "runtime/base/log.h"
#include "runtime/page/signals.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

namespace openfc::bootstrap {
namespace {

constexpr int kDrained = 0;
constexpr int kCannotServe = 1;
constexpr int kRefused = 70;

/// What rloader passes on to a runtime is meant for the user's code, which is in the workers.
constexpr auto kPassedOn = {SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT};

sigset_t HeardSignals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : kPassedOn) ::sigaddset(&signals, signal);
  ::sigaddset(&signals, SIGCHLD);
  ::sigaddset(&signals, DrainSignal());
  return signals;
}

/// How it ended, if it has; it stays a zombie, and its number is nobody else's until Bury().
std::optional<WorkerEnd> FindEnd(pid_t pid) {
  siginfo_t info{};
  rusage usage{};
  // The system call, and not its wrapper: it tells what the process has used.
  if (::syscall(SYS_waitid, P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT, &usage) != 0 ||
      info.si_pid != pid) {
    return std::nullopt;
  }
  constexpr std::int64_t kBytesPerKilobyte = 1024;
  const bool has_exited = info.si_code == CLD_EXITED;
  return WorkerEnd{.pid = pid,
                   .exit_code = has_exited ? info.si_status : 0,
                   .signal = has_exited ? 0 : info.si_status,
                   .peak_memory_bytes = usage.ru_maxrss * kBytesPerKilobyte};
}

void Bury(pid_t pid) { ::waitpid(pid, nullptr, 0); }

timespec TimeLeft(Deadline until) {
  // What a signal would tell may have gone to a thread that the import has left.
  constexpr std::chrono::seconds kLongest{1};
  constexpr std::int64_t kPerSecond = 1'000'000'000;
  const auto left = std::min<std::chrono::nanoseconds>(until.Remaining(), kLongest).count();
  return {.tv_sec = left / kPerSecond, .tv_nsec = left % kPerSecond};
}

}  // namespace

TemplateProcess::TemplateProcess(SharedPage& page, Options options)
    : page_(page),
      options_(std::move(options)),
      places_(options_.workers),
      heard_(HeardSignals()) {}

std::variant<TemplateProcess::Worker, TemplateProcess::End> TemplateProcess::Run() {
  page_.workers().SetCount(places_.size());
  ::pthread_sigmask(SIG_BLOCK, &heard_, &mask_before_);
  struct sigaction by_default {};  // Were it ignored, the kernel would tell nobody of the end.
  by_default.sa_handler = SIG_DFL;
  ::sigaction(SIGCHLD, &by_default, &child_action_before_);
  while (true) {
    OnHandled();
    if (const auto place = ForkDue()) return Worker{.place = *place};
    if (IsOver()) return End{.exit_code = exit_code_.value_or(kDrained)};
    Await();
    Reap();
  }
}

bool TemplateProcess::IsOver() const {
  if (exit_code_) return true;
  const bool none_lives = std::none_of(places_.begin(), places_.end(), [](const Place& place) {
    return place.state == State::kAlive;
  });
  return page_.IsDraining() && none_lives;
}

// Forking
// ----------------------------------------------------------------------------------------

std::optional<std::size_t> TemplateProcess::ForkDue() {
  for (std::size_t place = 0; place < places_.size(); ++place) {
    const bool is_due =
        places_[place].state == State::kPausing && places_[place].fork_at.HasPassed();
    if (!is_due || exit_code_ || page_.IsDraining()) continue;
    if (Fork(place)) return place;
  }
  return std::nullopt;
}

/// True in the child.
bool TemplateProcess::Fork(std::size_t place) {
  const pid_t self = ::getpid();
  page_.workers().Begin(place);
  const auto pid = options_.fork();
  if (!pid) {
    LogError("worker_not_started worker={} cause=\"{}\"", place, pid.error().message);
    PauseAfter(places_[place], {});
    return false;
  }
  if (*pid == 0) {
    BecomeWorker(self);
    page_.workers().Enter(place, ::getpid());
    page_.UsePart({.index = place, .count = places_.size()});
    return true;
  }
  ::setpgid(*pid, *pid);  // Both sides do it: neither waits for the other.
  places_[place].pid = *pid;
  places_[place].state = State::kAlive;
  return false;
}

void TemplateProcess::BecomeWorker(pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kCannotServe);  // It ended before the tie held.
  ::sigaction(SIGCHLD, &child_action_before_, nullptr);
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

// Signals
// ----------------------------------------------------------------------------------------

void TemplateProcess::Await() {
  Deadline next = Deadline::Never();
  for (const Place& place : places_) {
    if (place.state == State::kPausing && !page_.IsDraining()) next = std::min(next, place.fork_at);
  }
  const timespec left = TimeLeft(next);
  const int signal = ::sigtimedwait(&heard_, nullptr, &left);
  if (signal == DrainSignal() && page_.IsDraining()) PassOn(signal);
  if (std::count(kPassedOn.begin(), kPassedOn.end(), signal) > 0) PassOn(signal);
}

void TemplateProcess::PassOn(int signal) const {
  for (const Place& place : places_) {
    if (place.state == State::kAlive) ::kill(place.pid, signal);
  }
}

// Ends
// -------------------------------------------------------------------------------------------

void TemplateProcess::Reap() {
  for (std::size_t place = 0; place < places_.size(); ++place) {
    if (places_[place].state != State::kAlive) continue;
    if (const auto end = FindEnd(places_[place].pid)) OnEnd(place, *end);
  }
}

void TemplateProcess::OnEnd(std::size_t place, const WorkerEnd& end) {
  constexpr char kAnything = 1;
  ::kill(-end.pid, SIGKILL);
  Place& ended = places_[place];
  ended.state = State::kReported;
  const PagePart part{.index = place, .count = places_.size()};
  PauseAfter(ended, {.has_polled = page_.workers().HasPolled(place),
                     .had_work = !page_.ReadInFlight(part).empty()});
  page_.workers().ReportEnd(place, end);
  Bury(end.pid);  // Only now: rloader finds the report where it finds no process.
  if (end.signal == 0 && end.exit_code == kRefused && page_.IsRefused()) exit_code_ = kRefused;
  if (options_.wake_fd) {
    (void)!::write(*options_.wake_fd, &kAnything, sizeof(kAnything));
  } else {
    page_.ResetPart(part);  // Nobody answers for it.
    page_.workers().MarkHandled(place);
  }
}

void TemplateProcess::OnHandled() {
  for (std::size_t place = 0; place < places_.size(); ++place) {
    if (places_[place].state == State::kReported && page_.workers().IsHandled(place)) {
      places_[place].state = State::kPausing;
    }
  }
}

void TemplateProcess::PauseAfter(Place& place, const DeathCircumstances& circumstances) {
  const auto pause = place.pace.AfterDeath(circumstances);
  if (pause) {
    place.fork_at = Deadline::After(*pause);
    return;
  }
  if (!exit_code_) LogError("workers_given_up early_deaths={}", place.pace.early_deaths());
  exit_code_ = kCannotServe;
}

}  // namespace openfc::bootstrap
