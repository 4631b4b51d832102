#pragma once

#include "bootstrap/rloader/deadline_watch.h"
#include "bootstrap/rloader/death.h"
#include "bootstrap/rloader/fork_stop.h"
#include "bootstrap/rloader/listening_sockets.h"
#include "bootstrap/rloader/memory_guard.h"
#include "bootstrap/rloader/restart_pace.h"
#include "bootstrap/rloader/settings.h"
#include "bootstrap/rloader/signal_source.h"
#include "bootstrap/rloader/stack_pipe.h"
#include "bootstrap/rloader/wake_pipe.h"
#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/client/fault_poster.h"
#include "runtime/page/shared_page.h"
#include "runtime/process/child.h"

#include <chrono>
#include <cstddef>
#include <map>
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
  int wake = -1;    // OPENFC_WAKE_FD

  // In the HTTP mode:
  int listen = -1;   // OPENFC_LISTEN_FD
  int metrics = -1;  // OPENFC_METRICS_FD
};

/// How to start the runtime `program` as a child of rloader; `environment` is rloader's own.
ChildCommand RuntimeCommand(const Settings& settings, const std::string& program,
                            const Environment& environment, const RuntimeDescriptors& descriptors);

/// Keeps a runtime running and answers for it: rloader's one poll loop, over the signals, the
/// runtime's pidfd, the deadlines, the stacks and the posts to the platform. Nothing in it waits
/// for anything else: the wait for stacks and the end of a dead runtime's tree are states, too.
///
/// The runtime may be a template process that forks workers (bootstrap/workers): each has a place,
/// its part of the page, and a death of its own, which the template reports there. Without workers
/// the runtime itself has place 0.
class Supervisor {
 public:
  /// What the supervisor works with; all must outlive it.
  struct Surroundings {
    SharedPage& page;
    const DeadlineTimer& timer;
    FaultPoster& poster;
    SignalSource& signals;
    StackPipe& stacks;
    WakePipe& wake;
    ListeningSockets& sockets;
  };

  Supervisor(const Settings& settings, ChildCommand command, Surroundings surroundings);

  /// Blocks until the instance is over, and then nothing of its tree is left; gives the exit code.
  /// An error when the runtime cannot be started even once, or lacks a shared library.
  Expected<int> Run();

 private:
  struct Stop {
    int exit_code;
    Deadline patience;       // Then the runtime is killed.
    Deadline reminder;       // Then the runtime is told once more.
    bool is_urgent = false;  // Asked for a second time: without a look at the stacks.
  };
  /// What a deadline has done to a place.
  struct Sentence {
    std::optional<std::string> timed_out;  // Killed for this invocation.
    std::vector<InFlight> claimed =
        {};            // Past their deadlines, ours to answer, and not yet answered.
    StackDump stacks;  // What it told when it was asked.
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
  std::vector<std::size_t> DuePlaces() const;
  void AskForStacks(std::size_t place);
  bool ClaimDueOf(std::size_t place);
  void AnswerTimeouts();
  void Kill(std::size_t place);
  void KillRuntime();
  bool HasWorkers() const { return page_.workers().count() > 0; }
  bool SignalPlace(std::size_t place, int signal);
  bool LacksLibrary(const ChildEnd& end);
  void OnDeath(const ChildEnd& end);
  void OnWorkerEnds();
  void OnWorkerDeath(PagePart part, const ChildEnd& end);
  bool WaitsFor(std::size_t place) const { return stacks_.IsWaiting() && asked_ == place; }
  Death Examine(const ChildEnd& end, Sentence sentence, PagePart part);
  Sentence SentenceOfRuntime(const ChildEnd& end);
  Sentence SentenceOfWorker(std::size_t place, const ChildEnd& end);
  void Answer(const std::vector<FaultAnswer>& answers);
  void Report(const FaultReport& report);
  void GoOnAfter(const Death& death, bool had_work);
  void ClearTree();

  const Settings settings_;
  const ChildCommand command_;
  SharedPage& page_;
  FaultPoster& poster_;
  SignalSource& signals_;
  StackPipe& stacks_;
  WakePipe& wake_;
  ListeningSockets& sockets_;
  DeadlineWatch deadlines_;
  MemoryGuard memory_;
  ForkStop fork_stop_;
  RestartPace pace_;

  std::unique_ptr<Child> runtime_;  // Null between a death and the next start.
  std::chrono::steady_clock::time_point started_;
  bool has_restarted_ = false;
  bool is_killed_ = false;                     // By us: nothing more is asked of it.
  std::map<std::size_t, Sentence> sentences_;  // By place.
  std::size_t asked_ = 0;                      // The place that was last asked for its stacks.
  std::optional<Deadline> clearing_;  // Set: what a dead runtime left of its tree is being killed.
  std::optional<Deadline> restart_at_;
  std::optional<Stop> stop_;
  std::optional<Leave> leave_;
  std::optional<Error> unusable_;  // Why the first start came to nothing.
};

}  // namespace openfc::bootstrap
