#include "bootstrap/rloader/supervisor.h"

#include "runtime/base/log.h"
#include "runtime/page/signals.h"
#include "runtime/process/process_tree.h"
#include "runtime/wire/fault.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

namespace openfc::bootstrap {
namespace {

constexpr int kRefusedExit = 70;
constexpr std::chrono::seconds kTreeKillTime{2};
constexpr std::chrono::milliseconds kReminderPause{100};
constexpr std::chrono::seconds kFarewellTime{2};  // For posts, once the instance was told to stop.

/// A reader of our output that stands still holds up no answer: the line is dropped then.
void WriteLine(const std::string& line) {
  constexpr int kPatienceMs = 100;
  if (line.empty()) return;
  pollfd entry{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  if (::poll(&entry, 1, kPatienceMs) > 0) (void)!::write(STDOUT_FILENO, line.data(), line.size());
}

}  // namespace

ChildCommand RuntimeCommand(const Settings& settings, const std::string& program,
                            const Environment& environment, const SharedPage& page) {
  ChildCommand command{.program = program, .has_own_group = true, .death_signal = SIGKILL};
  const bool is_aws = settings.mode.dialect == Dialect::kAws;
  const auto log_fd = FindNumber(environment, is_aws ? "_LAMBDA_TELEMETRY_LOG_FD" : "_FC_LOG_FD");
  if (log_fd && ::fcntl(static_cast<int>(*log_fd), F_GETFD) >= 0) {
    const int fd = static_cast<int>(*log_fd);
    command.descriptors.push_back({.ours = fd, .theirs = fd});
  }
  const int page_fd = log_fd == kPageDescriptor ? kPageDescriptor + 1 : kPageDescriptor;
  command.descriptors.push_back({.ours = page.fd(), .theirs = page_fd});
  Environment theirs = environment;
  theirs["OPENFC_PAGE_FD"] = std::to_string(page_fd);
  command.environment = WriteEnvironment(theirs);
  if (settings.cgroup) {
    command.cgroup_procs_files = {CgroupDirectory(*settings.cgroup).ProcsFile()};
  }
  return command;
}

Supervisor::Supervisor(const Settings& settings, ChildCommand command, Surroundings surroundings)
    : settings_(settings),
      command_(std::move(command)),
      page_(surroundings.page),
      poster_(surroundings.poster),
      signals_(surroundings.signals),
      memory_(settings) {}

Expected<int> Supervisor::Run() {
  if (const Status started = StartRuntime(); !started) return started.error();
  while (!IsOver()) {
    Wait();
    // Signals before zombies: a sender that has just ended can still be recognised.
    for (const ReceivedSignal& signal : signals_.Read()) OnSignal(signal);
    ReapAll(runtime_.get());
    if (runtime_ != nullptr && runtime_->TryReap()) OnDeath(ChildEnd(*runtime_->TryReap()));
    OnTime();
    poster_.Advance();
  }
  runtime_.reset();
  KillTree();
  return leave_->exit_code;
}

bool Supervisor::IsOver() const {
  return leave_ && (poster_.IsIdle() || leave_->patience.HasPassed());
}

void Supervisor::Wait() {
  std::vector<pollfd> entries = {{.fd = signals_.fd(), .events = POLLIN, .revents = 0}};
  if (runtime_ != nullptr) {
    entries.push_back({.fd = runtime_->pidfd(), .events = POLLIN, .revents = 0});
  }
  poster_.AppendAwaited(entries);
  ::poll(entries.data(), entries.size(), NextLook().PollTimeout());
}

Deadline Supervisor::NextLook() const {
  Deadline next = poster_.NextLook();
  if (runtime_ != nullptr) next = std::min(next, memory_.NextLook());
  if (runtime_ != nullptr && stop_) next = std::min({next, stop_->patience, stop_->reminder});
  if (restart_at_) next = std::min(next, *restart_at_);
  if (leave_) next = std::min(next, leave_->patience);
  return next;
}

// Starting
// -----------------------------------------------------------------------------------------

Status Supervisor::StartRuntime() {
  page_.ResetForStart();
  memory_.BeginWatch();
  started_ = std::chrono::steady_clock::now();
  auto child = StartChild(command_);
  if (!child) return child.error();
  runtime_ = *std::move(child);
  LogDebug("runtime_started pid={} program={}", runtime_->pid(), command_.program);
  return Ok();
}

void Supervisor::Restart() {
  restart_at_.reset();
  const Status started = StartRuntime();
  if (started) return;
  LogError("runtime_not_started cause=\"{}\"", started.error().message);
  RestartAfter({.has_polled = false, .had_work = false}, started.error().message);
}

void Supervisor::RestartAfter(const DeathCircumstances& circumstances, const std::string& last) {
  if (const auto pause = pace_.AfterDeath(circumstances)) {
    restart_at_ = Deadline::After(*pause);
    return;
  }
  LogError("giving_up early_deaths={} last=\"{}\"", pace_.early_deaths(), last);
  poster_.Post(InitErrorReport(pace_.early_deaths(), last, settings_.mode.dialect));
  leave_ = Leave{.exit_code = kRefusedExit, .patience = Deadline::Never()};
}

// Events
// -------------------------------------------------------------------------------------------

void Supervisor::OnSignal(const ReceivedSignal& signal) {
  switch (MeaningOf(signal.number)) {
    case SignalMeaning::kStop:
      if (IsObeyed(signal)) return OnStop(signal.number);
      LogWarn("stop_ignored signal={} sender={}", wire::SignalName(signal.number), signal.sender);
      return;
    case SignalMeaning::kForward:
      if (runtime_ != nullptr) runtime_->Signal(signal.number);
      return;
    case SignalMeaning::kNothing:
      return;
  }
}

void Supervisor::OnStop(int signal) {
  constexpr int kSignalled = 128;
  if (leave_) {
    leave_->patience = Deadline(Deadline::Clock::now());
  } else if (stop_) {
    stop_->patience = Deadline(Deadline::Clock::now());
  } else {
    LogInfo("stopping signal={} grace_s={}", wire::SignalName(signal), settings_.grace.count());
    stop_ = Stop{.exit_code = kSignalled + signal,
                 .patience = Deadline::After(settings_.grace),
                 .reminder = {}};
    page_.MarkDraining();
    TellToDrain();
  }
  if (stop_ && runtime_ == nullptr && !leave_) {
    leave_ = Leave{.exit_code = stop_->exit_code, .patience = Deadline::After(kFarewellTime)};
    restart_at_.reset();
  }
}

/// Told again until it ends: a runtime that is just connecting has nothing yet that the signal
/// could interrupt.
void Supervisor::TellToDrain() {
  if (runtime_ != nullptr) runtime_->Signal(DrainSignal());
  stop_->reminder = Deadline::After(kReminderPause);
}

void Supervisor::OnTime() {
  if (runtime_ != nullptr && stop_ && stop_->reminder.HasPassed()) TellToDrain();
  if (runtime_ != nullptr && stop_ && stop_->patience.HasPassed()) {
    stop_->patience = Deadline::Never();
    runtime_->Signal(SIGKILL);
  }
  if (runtime_ != nullptr && memory_.NextLook().HasPassed() && memory_.LookAtTree()) {
    LogWarn("memory_limit_reached resident_bytes={}", memory_.peak_bytes());
    runtime_->Signal(SIGKILL);
  }
  if (restart_at_ && restart_at_->HasPassed()) Restart();
}

void Supervisor::OnDeath(const ChildEnd& end) {
  const Death death = Examine(end);
  runtime_.reset();
  KillTree();  // Before the page is read: the runtime's own children may write there, too.
  const auto answers = ClaimAnswers(page_, death);
  if (!stop_) LogWarn("runtime_ended cause=\"{}\" in_flight={}", DescribeEnd(end), answers.size());
  Answer(answers);
  GoOnAfter(death, !answers.empty());
}

Death Supervisor::Examine(const ChildEnd& end) {
  return {.dialect = settings_.mode.dialect,
          .end = end,
          .memory_limit_mb = memory_.LimitBehind(end),
          .is_stopped = stop_.has_value(),
          .peak_memory_bytes = std::max(end.peak_memory_bytes, memory_.peak_bytes()),
          .started = started_,
          .ended = std::chrono::steady_clock::now()};
}

void Supervisor::Answer(const std::vector<FaultAnswer>& answers) {
  for (const FaultAnswer& answer : answers) {
    WriteLine(answer.end_line);
    poster_.Post(answer.report);
  }
  poster_.Advance();  // On their way before the next start takes its time.
}

void Supervisor::GoOnAfter(const Death& death, bool had_work) {
  const bool is_refused = death.end.ShellCode() == kRefusedExit && page_.IsRefused();
  if (stop_) {
    leave_ = Leave{.exit_code = stop_->exit_code, .patience = Deadline::After(kFarewellTime)};
  } else if (is_refused) {
    leave_ = Leave{.exit_code = kRefusedExit, .patience = Deadline::Never()};
  } else if (!settings_.restarts) {
    leave_ = Leave{.exit_code = death.end.ShellCode(), .patience = Deadline::Never()};
  } else {
    RestartAfter({.has_polled = page_.HasPolled(), .had_work = had_work}, DescribeEnd(death.end));
  }
}

void Supervisor::KillTree() {
  const Status killed = KillDescendants(Deadline::After(kTreeKillTime), nullptr);
  if (!killed) LogError("tree_survives cause=\"{}\"", killed.error().message);
}

}  // namespace openfc::bootstrap
