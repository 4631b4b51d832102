#pragma once

#include "bootstrap/rloader/deadline_watch.h"
#include "bootstrap/rloader/death.h"
#include "bootstrap/rloader/memory_guard.h"
#include "bootstrap/rloader/restart_pace.h"
#include "bootstrap/rloader/settings.h"
#include "bootstrap/rloader/signal_source.h"
#include "bootstrap/rloader/stack_pipe.h"
#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/client/fault_poster.h"
#include "runtime/page/shared_page.h"
#include "runtime/process/child.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace openfc::bootstrap {

/// What rloader hands down to the runtime, and what tells the runtime its number there: the numbers
/// begin at 3 and leave out the one where the platform has put its log (_FC_LOG_FD, or
/// _LAMBDA_TELEMETRY_LOG_FD).
struct RuntimeDescriptors {
  int page = -1;    // OPENFC_PAGE_FD
  int timer = -1;   // OPENFC_TIMER_FD
  int stacks = -1;  // OPENFC_STACKS_FD
};

/// How to start the runtime `program` as a child of rloader; `environment` is rloader's own.
ChildCommand RuntimeCommand(const Settings& settings, const std::string& program,
                            const Environment& environment, const RuntimeDescriptors& descriptors);

/// Keeps a runtime running and answers for it: rloader's one poll loop, over the signals, the
/// runtime's pidfd, the deadlines, the stacks and the posts to the platform. Nothing in it waits
/// for anything else: the wait for stacks and the end of a dead runtime's tree are states, too.
class Supervisor {
 public:
  /// What the supervisor works with; all must outlive it.
  struct Surroundings {
    SharedPage& page;
    const DeadlineTimer& timer;
    FaultPoster& poster;
    SignalSource& signals;
    StackPipe& stacks;
  };

  Supervisor(const Settings& settings, ChildCommand command, Surroundings surroundings);

  /// Blocks until the instance is over, and then nothing of its tree is left; gives the exit code.
  /// An error when the runtime cannot be started even once.
  Expected<int> Run();

 private:
  struct Stop {
    int exit_code;
    Deadline patience;       // Then the runtime is killed.
    Deadline reminder;       // Then the runtime is told once more.
    bool is_urgent = false;  // Asked for a second time: without a look at the stacks.
  };
  struct Leave {
    int exit_code;
    Deadline patience;  // Then posts that are still under way are given up.
  };

  bool IsOver() const;
  void Wait();
  Deadline NextLook() const;

  Status StartRuntime();
  void Restart();
  void RestartAfter(const DeathCircumstances& circumstances, const std::string& last);

  void OnSignal(const ReceivedSignal& signal);
  void OnStop(int signal);
  void TellToDrain();
  void OnTime();
  void OnGraceOver();
  void OnDue();
  void OnStacks();
  void AskForStacks();
  void AnswerTimeouts();
  void KillRuntime();
  void OnDeath(const ChildEnd& end);
  Death Examine(const ChildEnd& end);
  StackDump LastStacks(const ChildEnd& end);
  void Answer(const std::vector<FaultAnswer>& answers);
  void GoOnAfter(const Death& death, bool had_work);
  void ClearTree();

  const Settings settings_;
  const ChildCommand command_;
  SharedPage& page_;
  FaultPoster& poster_;
  SignalSource& signals_;
  StackPipe& stacks_;
  DeadlineWatch deadlines_;
  MemoryGuard memory_;
  RestartPace pace_;

  std::unique_ptr<Child> runtime_;  // Null between a death and the next start.
  std::chrono::steady_clock::time_point started_;
  bool is_killed_ = false;                // By us: nothing more is asked of it.
  std::optional<std::string> timed_out_;  // The invocation that it was killed for.
  StackDump asked_stacks_;                // What it last told when it was asked.
  std::optional<Deadline> clearing_;  // Set: what a dead runtime left of its tree is being killed.
  std::optional<Deadline> restart_at_;
  std::optional<Stop> stop_;
  std::optional<Leave> leave_;
};

}  // namespace openfc::bootstrap
