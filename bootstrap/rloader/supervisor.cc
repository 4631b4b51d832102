#include "bootstrap/rloader/supervisor.h"

#include "runtime/base/log.h"
#include "runtime/client/received_invocation.h"
#include "runtime/page/signals.h"
#include "runtime/process/process_tree.h"
#include "runtime/wire/fault.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace openfc::bootstrap {
namespace {

constexpr int kRefusedExit = 70;
constexpr std::chrono::seconds kTreeKillTime{2};
constexpr std::chrono::milliseconds kBetweenKills{10};
constexpr std::chrono::milliseconds kReminderPause{100};
constexpr std::chrono::milliseconds kLogPatience{50};  // For all lines of one death.
constexpr std::chrono::seconds kFarewellTime{2};  // For posts, once the instance was told to stop.

/// A reader of our output that stands still holds up no answer: the line is dropped then.
void WriteLine(const std::string& line, Deadline patience) {
  if (line.empty()) return;
  pollfd entry{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  if (::poll(&entry, 1, patience.PollTimeout()) > 0) {
    (void)!::write(STDOUT_FILENO, line.data(), line.size());
  }
}

/// What a runtime had received when it died, before a row stood for it.
std::vector<Invocation> FindUnlisted(const SharedPage& page, Dialect dialect) {
  std::vector<Invocation> found;
  page.VisitReceived([&found, dialect](const ReceivedBytes& received) {
    auto invocation = FindReceivedInvocation(received, dialect);
    if (invocation) found.push_back(*std::move(invocation));
  });
  return found;
}

}  // namespace

ChildCommand RuntimeCommand(const Settings& settings, const std::string& program,
                            const Environment& environment, const RuntimeDescriptors& descriptors) {
  ChildCommand command{.program = program, .has_own_group = true, .death_signal = SIGKILL};
  const bool is_aws = settings.mode.dialect == Dialect::kAws;
  const auto log_fd = FindNumber(environment, is_aws ? "_LAMBDA_TELEMETRY_LOG_FD" : "_FC_LOG_FD");
  if (log_fd && ::fcntl(static_cast<int>(*log_fd), F_GETFD) >= 0) {
    const int fd = static_cast<int>(*log_fd);
    command.descriptors.push_back({.ours = fd, .theirs = fd});
  }
  Environment theirs = environment;
  int number = STDERR_FILENO;
  for (const auto& [name, fd] : {std::pair{"OPENFC_PAGE_FD", descriptors.page},
                                 std::pair{"OPENFC_TIMER_FD", descriptors.timer},
                                 std::pair{"OPENFC_STACKS_FD", descriptors.stacks}}) {
    number += log_fd == number + 1 ? 2 : 1;
    command.descriptors.push_back({.ours = fd, .theirs = number});
    theirs[name] = std::to_string(number);
  }
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
      stacks_(surroundings.stacks),
      deadlines_(surroundings.page, surroundings.timer),
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
  const Status killed = KillDescendants(Deadline::After(kTreeKillTime), nullptr);
  if (!killed) LogError("tree_survives cause=\"{}\"", killed.error().message);
  return leave_->exit_code;
}

bool Supervisor::IsOver() const {
  return leave_ && (poster_.IsIdle() || leave_->patience.HasPassed());
}

void Supervisor::Wait() {
  std::vector<pollfd> entries = {{.fd = signals_.fd(), .events = POLLIN, .revents = 0}};
  std::optional<std::size_t> timer;
  if (runtime_ != nullptr) {
    entries.push_back({.fd = runtime_->pidfd(), .events = POLLIN, .revents = 0});
  }
  if (runtime_ != nullptr && !is_killed_) {
    if (const auto stacks = stacks_.Awaited()) entries.push_back(*stacks);
    if (const auto awaited = deadlines_.Awaited()) {
      timer = entries.size();
      entries.push_back(*awaited);
    }
  }
  poster_.AppendAwaited(entries);
  const int ready = ::poll(entries.data(), entries.size(), NextLook().PollTimeout());
  if (ready > 0 && timer) deadlines_.OnPolled(entries[*timer].revents);
}

Deadline Supervisor::NextLook() const {
  Deadline next = poster_.NextLook();
  if (runtime_ != nullptr && !is_killed_) {
    next = std::min({next, memory_.NextLook(), stacks_.NextLook()});
    if (!stacks_.IsWaiting()) next = std::min(next, deadlines_.NextLook());
    if (stop_) next = std::min(next, stop_->reminder);
    if (stop_ && !stacks_.IsWaiting()) next = std::min(next, stop_->patience);
  }
  if (clearing_) next = std::min({next, *clearing_, Deadline::After(kBetweenKills)});
  if (restart_at_ && !clearing_) next = std::min(next, *restart_at_);
  if (leave_) next = std::min(next, leave_->patience);
  return next;
}

// Starting
// -----------------------------------------------------------------------------------------

Status Supervisor::StartRuntime() {
  page_.ResetForStart();
  stacks_.Clear();
  deadlines_.Look();
  memory_.BeginWatch();
  is_killed_ = false;
  timed_out_.reset();
  asked_stacks_ = {};
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
    stop_->is_urgent = true;
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
  if (runtime_ != nullptr && !is_killed_) {
    if (stop_ && stop_->reminder.HasPassed()) TellToDrain();
    if (memory_.NextLook().HasPassed() && memory_.LookAtTree()) {
      LogWarn("memory_limit_reached resident_bytes={}", memory_.peak_bytes());
      KillRuntime();
    }
    OnDue();
    if (stop_ && stop_->patience.HasPassed()) OnGraceOver();
  }
  if (clearing_) ClearTree();
  if (restart_at_ && !clearing_ && restart_at_->HasPassed()) Restart();
}

// Deadlines
// ----------------------------------------------------------------------------------------

void Supervisor::OnDue() {
  if (is_killed_) return;
  deadlines_.Look();
  if (stacks_.IsWaiting()) {
    if (stacks_.IsComplete()) OnStacks();
  } else if (!deadlines_.due().empty()) {
    AskForStacks();
  }
}

/// A runtime that would not understand is not asked: the signal would end it.
void Supervisor::AskForStacks() {
  if (!page_.TellsStacks()) return OnStacks();
  stacks_.BeginWait();
  runtime_->Signal(StacksSignal());
}

/// With the stacks, or without when they did not come. What the runtime has begun to answer by now
/// is not ours any more, and perhaps nothing is.
void Supervisor::OnStacks() {
  asked_stacks_ = stacks_.Take();
  AnswerTimeouts();
  if (timed_out_ || (stop_ && stop_->patience.HasPassed())) return KillRuntime();
  asked_stacks_ = {};  // Nothing came of it: they show no later death.
}

void Supervisor::AnswerTimeouts() {
  const auto answers =
      ClaimTimeouts(page_, deadlines_.due(), asked_stacks_, settings_.mode.dialect);
  if (answers.empty()) return;
  timed_out_ = answers.front().report.request_id;
  LogWarn("invocation_timed_out request_id={} in_all={}", *timed_out_, answers.size());
  Answer(answers);
}

/// What is in flight tells where it stands, unless there is no time for that.
void Supervisor::OnGraceOver() {
  if (is_killed_) return;
  if (stop_->is_urgent || page_.ReadInFlight().empty()) return KillRuntime();
  if (!stacks_.IsWaiting()) AskForStacks();
}

void Supervisor::KillRuntime() {
  is_killed_ = true;
  runtime_->Signal(SIGKILL);
}

// Death
// --------------------------------------------------------------------------------------------

/// The answers first: the rest of the tree takes the time that it takes to die.
void Supervisor::OnDeath(const ChildEnd& end) {
  if (stacks_.IsWaiting() && !is_killed_) {
    deadlines_.Look();
    AnswerTimeouts();  // It died of being asked, or just then.
  }
  const Death death = Examine(end);
  runtime_.reset();
  const auto answers = ClaimAnswers(page_, death);
  if (!stop_) LogWarn("runtime_ended cause=\"{}\" in_flight={}", DescribeEnd(end), answers.size());
  Answer(answers);
  clearing_ = Deadline::After(kTreeKillTime);
  GoOnAfter(death, !answers.empty() || timed_out_);
}

Death Supervisor::Examine(const ChildEnd& end) {
  return {.dialect = settings_.mode.dialect,
          .end = end,
          .memory_limit_mb = memory_.LimitBehind(end),
          .is_stopped = stop_.has_value(),
          .peak_memory_bytes = std::max(end.peak_memory_bytes, memory_.peak_bytes()),
          .started = started_,
          .ended = std::chrono::steady_clock::now(),
          .timed_out = timed_out_,
          .stacks = LastStacks(end),
          .unlisted = FindUnlisted(page_, settings_.mode.dialect)};
}

/// Those of its death, if it told them; else what it said when it was asked.
StackDump Supervisor::LastStacks(const ChildEnd& end) {
  StackDump last = stacks_.Take();
  return IsDeathOf(last, end.signal) ? last : asked_stacks_;
}

void Supervisor::Answer(const std::vector<FaultAnswer>& answers) {
  const Deadline patience = Deadline::After(kLogPatience);
  for (const FaultAnswer& answer : answers) {
    WriteLine(answer.end_line, patience);
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

/// The page is as the dead left it until nobody is there who could write it.
void Supervisor::ClearTree() {
  if (TryKillDescendants(nullptr)) {
    clearing_.reset();
  } else if (clearing_->HasPassed()) {
    LogError("tree_survives processes={}", LivingDescendants(::getpid()).size());
    clearing_.reset();
  }
}

}  // namespace openfc::bootstrap
