#include "bootstrap/rloader/command_supervisor.h"

#include "bootstrap/rloader/command_program.h"
#include "runtime/base/log.h"
#include "runtime/process/process_tree.h"
#include "runtime/wire/fault.h"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace openfc::bootstrap {
namespace {

constexpr std::chrono::seconds kTreeKillTime{2};

ChildCommand MakeCommand(const Settings& settings, const Environment& environment) {
  ChildCommand command{.program = FindProgram(settings.command.front(), environment),
                       .arguments = {settings.command.begin() + 1, settings.command.end()},
                       .environment = WriteEnvironment(environment),
                       .has_own_group = true,
                       .death_signal = SIGKILL,
                       .cgroup_procs_files = settings.CgroupJoinFiles(),
                       .processors = settings.processors};
  return command;
}

}  // namespace

CommandSupervisor::CommandSupervisor(const Settings& settings, const Environment& environment,
                                     SignalSource& signals)
    : grace_(settings.grace),
      command_(MakeCommand(settings, environment)),
      signals_(signals),
      memory_(settings),
      fork_stop_(settings) {}

int CommandSupervisor::Run() {
  memory_.BeginWatch();
  auto program = StartChild(command_);
  if (!program) {
    const ExecutionObstacle obstacle = ExplainFailure(command_.program, program.error());
    (void)std::fprintf(stderr, "rloader: cannot start the command: %s\n", obstacle.reason.c_str());
    return obstacle.code;
  }
  program_ = *std::move(program);
  while (!program_->TryReap()) {
    Wait();
    // Signals before zombies: a sender that has just ended can still be recognised.
    for (const ReceivedSignal& signal : signals_.Read()) OnSignal(signal);
    ReapAll(program_.get());
    if (!program_->TryReap()) OnTime();
  }
  const ChildEnd end = *program_->TryReap();
  if (const auto limit = memory_.LimitBehind(end)) LogWarn("memory_limit_reached mb={}", *limit);
  fork_stop_.Kill();
  const Status killed = KillDescendants(Deadline::After(kTreeKillTime), nullptr);
  if (!killed) LogError("tree_survives cause=\"{}\"", killed.error().message);
  fork_stop_.End();
  return end.ShellCode();
}

void CommandSupervisor::Wait() {
  std::array<pollfd, 2> entries = {{{.fd = signals_.fd(), .events = POLLIN, .revents = 0},
                                    {.fd = program_->pidfd(), .events = POLLIN, .revents = 0}}};
  const Deadline next = std::min(memory_.NextLook(), patience_.value_or(Deadline::Never()));
  (void)::poll(entries.data(), entries.size(), next.PollTimeout());
}

void CommandSupervisor::OnSignal(const ReceivedSignal& signal) {
  switch (MeaningOf(signal.number)) {
    case SignalMeaning::kStop:
      if (IsObeyed(signal)) return OnStop(signal.number);
      LogWarn("stop_ignored signal={} sender={}", wire::SignalName(signal.number), signal.sender);
      return;
    case SignalMeaning::kForward:
      (void)program_->Signal(signal.number);
      return;
    case SignalMeaning::kNothing:
      return;
  }
}

/// The program alone is told, as by docker and tini: it knows best how to end its children.
void CommandSupervisor::OnStop(int signal) {
  if (patience_) return Kill();
  LogDebug("stopping signal={} grace_s={}", wire::SignalName(signal), grace_.count());
  patience_ = Deadline::After(grace_);
  (void)program_->Signal(signal);
}

void CommandSupervisor::Kill() { (void)program_->Signal(SIGKILL); }

void CommandSupervisor::OnTime() {
  const bool is_over_memory = memory_.NextLook().HasPassed() && memory_.LookAtTree();
  if (is_over_memory) return Kill();
  if (patience_ && patience_->HasPassed()) {
    patience_ = Deadline::Never();
    Kill();
  }
}

}  // namespace openfc::bootstrap
