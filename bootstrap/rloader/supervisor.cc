#include "bootstrap/rloader/supervisor.h"

#include "bootstrap/rloader/loss_report.h"
#include "bootstrap/rloader/runtime_program.h"
#include "runtime/base/log.h"
#include "runtime/client/received_invocation.h"
#include "runtime/page/signals.h"
#include "runtime/process/proc_files.h"
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
constexpr int kNotLoadedExit = 127;  // The dynamic loader's.
constexpr std::chrono::seconds kTreeKillTime{2};
constexpr std::chrono::milliseconds kBetweenKills{10};
constexpr std::chrono::milliseconds kReminderPause{100};
constexpr std::chrono::milliseconds kAnswerTime{1000};  // For the runtime's own, in the HTTP mode.
constexpr std::chrono::milliseconds kLogPatience{50};   // For all lines of one death.
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
std::vector<Invocation> FindUnlisted(const SharedPage& page, Dialect dialect, PagePart part) {
  std::vector<Invocation> found;
  const auto look = [&found, dialect](const ReceivedBytes& received) {
    auto invocation = FindReceivedInvocation(received, dialect);
    if (invocation) found.push_back(*std::move(invocation));
  };
  page.VisitReceived(look, part);
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
                                 std::pair{"OPENFC_STACKS_FD", descriptors.stacks},
                                 std::pair{"OPENFC_WAKE_FD", descriptors.wake},
                                 std::pair{"OPENFC_LISTEN_FD", descriptors.listen},
                                 std::pair{"OPENFC_METRICS_FD", descriptors.metrics}}) {
    if (fd < 0) continue;
    number += log_fd == number + 1 ? 2 : 1;
    command.descriptors.push_back({.ours = fd, .theirs = number});
    theirs[name] = std::to_string(number);
  }
  command.environment = WriteEnvironment(theirs);
  command.cgroup_procs_files = settings.CgroupJoinFiles();
  command.processors = settings.processors;
  return command;
}

Supervisor::Supervisor(const Settings& settings, ChildCommand command, Surroundings surroundings)
    : settings_(settings),
      command_(std::move(command)),
      page_(surroundings.page),
      poster_(surroundings.poster),
      signals_(surroundings.signals),
      stacks_(surroundings.stacks),
      wake_(surroundings.wake),
      sockets_(surroundings.sockets),
      deadlines_(surroundings.page, surroundings.timer,
                 settings.mode.is_http ? kAnswerTime : std::chrono::milliseconds(0)),
      memory_(settings),
      fork_stop_(settings) {}

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
  fork_stop_.Kill();
  const Status killed = KillDescendants(Deadline::After(kTreeKillTime), nullptr);
  if (!killed) LogError("tree_survives cause=\"{}\"", killed.error().message);
  fork_stop_.End();
  if (unusable_) return *unusable_;
  return leave_->exit_code;
}

bool Supervisor::IsOver() const {
  return leave_ && (poster_.IsIdle() || leave_->patience.HasPassed());
}

void Supervisor::Wait() {
  std::vector<pollfd> entries = {{.fd = signals_.fd(), .events = POLLIN, .revents = 0}};
  std::optional<std::size_t> timer;
  std::optional<std::size_t> wake;
  if (runtime_ != nullptr) {
    entries.push_back({.fd = runtime_->pidfd(), .events = POLLIN, .revents = 0});
  }
  if (runtime_ != nullptr && !is_killed_) {
    if (const auto stacks = stacks_.Awaited()) entries.push_back(*stacks);
    if (const auto awaited = deadlines_.Awaited()) {
      timer = entries.size();
      entries.push_back(*awaited);
    }
    if (const auto awaited = wake_.Awaited()) {
      wake = entries.size();
      entries.push_back(*awaited);
    }
  }
  poster_.AppendAwaited(entries);
  const int ready = ::poll(entries.data(), entries.size(), NextLook().PollTimeout());
  if (ready > 0 && timer) deadlines_.OnPolled(entries[*timer].revents);
  if (ready > 0 && wake) wake_.OnPolled(entries[*wake].revents);
}

Deadline Supervisor::NextLook() const {
  Deadline next = poster_.NextLook();
  if (runtime_ != nullptr && !is_killed_) {
    next = std::min({next, memory_.NextLook(), stacks_.NextLook(), wake_.NextLook()});
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
  sentences_.clear();
  asked_ = 0;
  started_ = std::chrono::steady_clock::now();
  auto child = StartChild(command_);
  if (!child) return child.error();
  runtime_ = *std::move(child);
  LogDebug("runtime_started pid={} program={}", runtime_->pid(), command_.program);
  return Ok();
}

void Supervisor::Restart() {
  restart_at_.reset();
  has_restarted_ = true;
  page_.metrics().CountRestart();
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
  Report(InitErrorReport(pace_.early_deaths(), last, settings_.mode.dialect));
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
    sockets_.Close();
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
    OnWorkerEnds();
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
    if (!stacks_.IsComplete()) return;
    OnStacks();
    deadlines_.Look();
  }
  for (const std::size_t place : DuePlaces()) {
    if (stacks_.IsWaiting() || is_killed_) return;
    // Claimed before it is asked: the question ends system calls, and what the handler makes of
    // that must not become its answer.
    if (ClaimDueOf(place)) AskForStacks(place);
  }
}

/// True when there is something to answer.
bool Supervisor::ClaimDueOf(std::size_t place) {
  std::vector<InFlight> due = deadlines_.due();
  std::erase_if(due, [&](const InFlight& row) { return page_.PartOf(row.row).index != place; });
  Sentence& sentence = sentences_[place];
  for (InFlight& row : ClaimDue(page_, due)) sentence.claimed.push_back(std::move(row));
  if (!sentence.claimed.empty()) sentence.timed_out = sentence.claimed.front().request_id;
  return !sentence.claimed.empty();
}

/// Those where a deadline has passed and nothing was done about it; each once.
std::vector<std::size_t> Supervisor::DuePlaces() const {
  std::vector<std::size_t> places;
  for (const InFlight& row : deadlines_.due()) {
    const std::size_t place = page_.PartOf(row.row).index;
    const auto found = sentences_.find(place);
    const bool is_killed = found != sentences_.end() && found->second.timed_out;
    if (!is_killed && std::find(places.begin(), places.end(), place) == places.end()) {
      places.push_back(place);
    }
  }
  return places;
}

/// A runtime that would not understand is not asked: the signal would end it.
void Supervisor::AskForStacks(std::size_t place) {
  asked_ = place;
  if (!page_.TellsStacks()) return OnStacks();
  stacks_.BeginWait();
  (void)SignalPlace(place, StacksSignal());
}

/// With the stacks, or without when they did not come. Killed before it is answered for: a platform
/// that hands out its next invocation on our post must not meet a poll of the dying.
void Supervisor::OnStacks() {
  sentences_[asked_].stacks = stacks_.Take();
  const bool has_timed_out = ClaimDueOf(asked_);
  if (stop_ && stop_->patience.HasPassed()) {
    KillRuntime();
  } else if (has_timed_out) {
    Kill(asked_);
  }
  AnswerTimeouts();
  // Nothing came of it: they show no later death.
  if (!has_timed_out && !is_killed_) sentences_.erase(asked_);
}

/// Of the place that was asked.
void Supervisor::AnswerTimeouts() {
  Sentence& sentence = sentences_[asked_];
  const auto claimed = std::exchange(sentence.claimed, {});
  if (claimed.empty()) return;
  LogWarn("invocation_timed_out request_id={} in_all={}", *sentence.timed_out, claimed.size());
  Answer(TimeoutAnswers(claimed, sentence.stacks, settings_.mode.dialect));
}

/// What is in flight tells where it stands, unless there is no time for that. Workers are not asked
/// one after the other: the answers would have to wait for the last.
void Supervisor::OnGraceOver() {
  if (is_killed_) return;
  const std::vector<InFlight> rows = page_.ReadInFlight();
  const bool is_one_place = std::all_of(rows.begin(), rows.end(), [&](const InFlight& row) {
    return page_.PartOf(row.row).index == page_.PartOf(rows.front().row).index;
  });
  if (stop_->is_urgent || rows.empty() || !is_one_place) return KillRuntime();
  if (!stacks_.IsWaiting()) AskForStacks(page_.PartOf(rows.front().row).index);
}

/// Who it is stands in the page, where user code may have written: when it is none of the
/// template's, everything goes.
void Supervisor::Kill(std::size_t place) {
  if (!HasWorkers() || (!SignalPlace(place, SIGKILL) && !page_.workers().FindEnd(place))) {
    KillRuntime();
  }
}

bool Supervisor::SignalPlace(std::size_t place, int signal) {
  if (!HasWorkers()) return runtime_->Signal(signal);
  return SignalChildOf(runtime_->pid(), page_.workers().pid(place), signal);
}

void Supervisor::KillRuntime() {
  is_killed_ = true;
  runtime_->Signal(SIGKILL);
}

// Death
// --------------------------------------------------------------------------------------------

/// Only found out where it may be so: it costs as much as a start.
bool Supervisor::LacksLibrary(const ChildEnd& end) {
  if (has_restarted_ || stop_ || end.exit_code != kNotLoadedExit || page_.HasPolled()) return false;
  const Status complete = CheckLibraries(command_.program, command_.environment);
  if (complete) return false;
  unusable_ = complete.error();
  return true;
}

/// The answers first: the rest of the tree takes the time that it takes to die.
void Supervisor::OnDeath(const ChildEnd& end) {
  if (LacksLibrary(end)) {
    runtime_.reset();
    leave_ = Leave{.exit_code = kNotLoadedExit, .patience = Deadline(Deadline::Clock::now())};
    return;
  }
  if (stacks_.IsWaiting() && !is_killed_) {
    deadlines_.Look();
    ClaimDueOf(asked_);
    AnswerTimeouts();  // It died of being asked, or just then.
  }
  const Sentence sentence = SentenceOfRuntime(end);
  const Death death = Examine(end, sentence, {});
  runtime_.reset();
  const auto answers = ClaimAnswers(page_, death);
  if (!stop_) LogWarn("runtime_ended cause=\"{}\" in_flight={}", DescribeEnd(end), answers.size());
  Answer(answers);
  fork_stop_.Kill();
  clearing_ = Deadline::After(kTreeKillTime);
  GoOnAfter(death, !answers.empty() || sentence.timed_out);
}

/// What the template has reported, and what user code may have written there.
void Supervisor::OnWorkerEnds() {
  const std::size_t count = page_.workers().count();
  for (std::size_t place = 0; place < count && !is_killed_; ++place) {
    const auto end = page_.workers().FindEnd(place);
    if (!end) continue;
    const auto process = ReadProcess(end->pid);
    if (process && process->is_alive && process->parent == runtime_->pid()) continue;  // A lie.
    OnWorkerDeath({.index = place, .count = count}, {.exit_code = end->exit_code,
                                                     .signal = end->signal,
                                                     .peak_memory_bytes = end->peak_memory_bytes});
  }
}

/// The others go on. Its place is another's once nothing of it is left in the page.
void Supervisor::OnWorkerDeath(PagePart part, const ChildEnd& end) {
  if (WaitsFor(part.index)) {
    deadlines_.Look();
    ClaimDueOf(asked_);
    AnswerTimeouts();  // It died of being asked, or just then.
  }
  const Death death = Examine(end, SentenceOfWorker(part.index, end), part);
  const auto answers = ClaimAnswers(page_, death, part);
  if (!stop_) {
    LogWarn("worker_ended worker={} cause=\"{}\" in_flight={}", part.index, DescribeEnd(end),
            answers.size());
  }
  Answer(answers);
  memory_.NoteDeath();
  sentences_.erase(part.index);
  page_.ResetPart(part);
  page_.metrics().CountRestart();
  page_.workers().MarkHandled(part.index);
  runtime_->Signal(DrainSignal());  // The template looks at the page, too.
}

Death Supervisor::Examine(const ChildEnd& end, Sentence sentence, PagePart part) {
  return {.dialect = settings_.mode.dialect,
          .end = end,
          .memory_limit_mb = memory_.LimitBehind(end),
          .is_stopped = stop_.has_value(),
          .peak_memory_bytes = std::max(end.peak_memory_bytes, memory_.peak_bytes()),
          .started = started_,
          .ended = std::chrono::steady_clock::now(),
          .timed_out = std::move(sentence.timed_out),
          .stacks = std::move(sentence.stacks),
          .unlisted = FindUnlisted(page_, settings_.mode.dialect, part)};
}

/// With the stacks of its death, if it told them; else what it said when it was asked. A template
/// has no invocation of its own: only what a worker said at the end of the grace time counts.
Supervisor::Sentence Supervisor::SentenceOfRuntime(const ChildEnd& end) {
  StackDump last = stacks_.Take();
  Sentence sentence = sentences_[asked_];
  if (HasWorkers() && (!stop_ || sentence.timed_out)) return {};
  if (!HasWorkers() && IsDeathOf(last, end.signal)) sentence.stacks = std::move(last);
  return sentence;
}

/// The pipe is one for all workers: what another is just writing there is left alone.
Supervisor::Sentence Supervisor::SentenceOfWorker(std::size_t place, const ChildEnd& end) {
  Sentence sentence = sentences_[place];
  if (stacks_.IsWaiting() && asked_ != place) return sentence;
  StackDump last = stacks_.Take();
  if (IsDeathOf(last, end.signal)) sentence.stacks = std::move(last);
  return sentence;
}

void Supervisor::Answer(const std::vector<FaultAnswer>& answers) {
  const Deadline patience = Deadline::After(kLogPatience);
  for (const FaultAnswer& answer : answers) {
    WriteLine(answer.end_line, patience);
    Report(answer.report);
  }
  poster_.Advance();  // On their way before the next start takes its time.
}

/// In the HTTP mode nobody takes posts: the connections end with the runtime.
void Supervisor::Report(const FaultReport& report) {
  if (!settings_.mode.is_http) return poster_.Post(report);
  ReportLoss(report, page_);
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
  fork_stop_.Kill();
  const bool is_clear = TryKillDescendants(nullptr);
  if (!is_clear && !clearing_->HasPassed()) return;
  if (!is_clear) LogError("tree_survives processes={}", LivingDescendants(::getpid()).size());
  clearing_.reset();
  fork_stop_.End();
}

}  // namespace openfc::bootstrap
