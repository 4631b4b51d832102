#pragma once

#include "bootstrap/rloader/death.h"
#include "bootstrap/rloader/memory_guard.h"
#include "bootstrap/rloader/restart_pace.h"
#include "bootstrap/rloader/settings.h"
#include "bootstrap/rloader/signal_source.h"
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

/// The number under which the runtime finds the shared page, told by OPENFC_PAGE_FD; the next one
/// where the platform has put its log (_FC_LOG_FD) there.
inline constexpr int kPageDescriptor = 3;

/// How to start the runtime `program` as a child of rloader; `environment` is rloader's own.
ChildCommand RuntimeCommand(const Settings& settings, const std::string& program,
                            const Environment& environment, const SharedPage& page);

/// Keeps a runtime running and answers for it: rloader's one poll loop, over the signals, the
/// runtime's pidfd and the posts to the platform. Nothing in it waits for anything else.
class Supervisor {
 public:
  /// What the supervisor works with; all must outlive it.
  struct Surroundings {
    SharedPage& page;
    FaultPoster& poster;
    SignalSource& signals;
  };

  Supervisor(const Settings& settings, ChildCommand command, Surroundings surroundings);

  /// Blocks until the instance is over, and then nothing of its tree is left; gives the exit code.
  /// An error when the runtime cannot be started even once.
  Expected<int> Run();

 private:
  struct Stop {
    int exit_code;
    Deadline patience;  // Then the runtime is killed.
    Deadline reminder;  // Then the runtime is told once more.
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
  void OnDeath(const ChildEnd& end);
  Death Examine(const ChildEnd& end);
  void Answer(const std::vector<FaultAnswer>& answers);
  void GoOnAfter(const Death& death, bool had_work);
  void KillTree();

  const Settings settings_;
  const ChildCommand command_;
  SharedPage& page_;
  FaultPoster& poster_;
  SignalSource& signals_;
  MemoryGuard memory_;
  RestartPace pace_;

  std::unique_ptr<Child> runtime_;  // Null between a death and the next start.
  std::chrono::steady_clock::time_point started_;
  std::optional<Deadline> restart_at_;
  std::optional<Stop> stop_;
  std::optional<Leave> leave_;
};

}  // namespace openfc::bootstrap
