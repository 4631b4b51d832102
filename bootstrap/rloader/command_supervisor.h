#pragma once

#include "bootstrap/rloader/fork_stop.h"
#include "bootstrap/rloader/memory_guard.h"
#include "bootstrap/rloader/settings.h"
#include "bootstrap/rloader/signal_source.h"
#include "runtime/base/deadline.h"
#include "runtime/config/environment.h"
#include "runtime/process/child.h"

#include <memory>
#include <optional>
#include <string>

namespace openfc::bootstrap {

/// The init of a program that is no runtime of ours (`rloader --command -- ARGV`): it passes
/// signals on, reaps, watches the memory, and ends with the program. It opens no socket and keeps
/// no page: whoever started the instance answers for what was in flight.
class CommandSupervisor {
 public:
  /// `environment` is the instance's; `signals` outlives it.
  CommandSupervisor(const Settings& settings, const Environment& environment,
                    SignalSource& signals);

  /// Blocks until the program has ended and nothing of its tree is left. Gives the program's exit
  /// code, or 128 + signal; of one that cannot be executed the errno of that, after a sentence on
  /// standard error.
  int Run();

 private:
  void Wait();
  void OnSignal(const ReceivedSignal& signal);
  void OnStop(int signal);
  void OnTime();
  void Kill();

  const std::chrono::seconds grace_;
  const ChildCommand command_;
  SignalSource& signals_;
  MemoryGuard memory_;
  ForkStop fork_stop_;
  std::unique_ptr<Child> program_;
  std::optional<Deadline> patience_;  // Set: it was told to stop; then it is killed.
};

}  // namespace openfc::bootstrap
