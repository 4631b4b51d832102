#pragma once

#include "runtime/base/error.h"
#include "sandbox/executor/run.h"

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace openfc::sandbox {

/// A folder that outlives a run: what one run leaves there, the next one that is given it finds. No
/// two runs at once. Removed with all it holds when the last owner goes.
///
/// What lies in it is the code's doing. Never open a path in it by name: links and pipes wait
/// there.
class Workspace {
 public:
  virtual ~Workspace() = default;
  Workspace() = default;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  /// On this machine; a run sees it as its HOME and working directory.
  virtual const std::string& path() const = 0;

  /// Whose files they must be, so that a run can change them.
  virtual uid_t owner() const = 0;
};

/// One run that was taken. Letting it go does not end the run.
class RunHandle {
 public:
  virtual ~RunHandle() = default;
  RunHandle() = default;
  RunHandle(const RunHandle&) = delete;
  RunHandle& operator=(const RunHandle&) = delete;

  /// Ends it, wherever it is: RunEvents::on_end comes with kCancelled, unless it came already. Any
  /// thread; as often as one likes.
  virtual void Cancel() = 0;
};

/// What stands between the code and the machine: for every reply, and GET /v1/isolation.
struct IsolationLevel {
  std::string profile;               // full, setuid, unpriv, instance or none.
  std::vector<std::string> missing;  // Properties that nothing keeps, by number: P6, P8.
};

struct ExecutorLoad {
  std::size_t running = 0;
  std::size_t queued = 0;
  std::size_t run_capacity = 0;
  std::size_t queue_capacity = 0;
};

/// Runs untrusted code: the seam between what speaks to clients and what isolates. Every function
/// may be called from any thread, and none waits for a run.
///
/// The end of an executor cancels what still runs and waits until it is gone.
class Executor {
 public:
  virtual ~Executor() = default;
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  /// Takes a run, which starts when it has its turn. kUnavailable when the queue is full: the
  /// client may come again; kInvalidArgument when a limit is above its cap. After an error no event
  /// comes.
  virtual Expected<std::unique_ptr<RunHandle>> Submit(RunRequest request, RunEvents events) = 0;

  virtual Expected<std::shared_ptr<Workspace>> MakeWorkspace() = 0;

  virtual IsolationLevel isolation() const = 0;
  virtual ExecutorLoad load() const = 0;

  /// Which of the well-known libraries a run of that sort can import: `numpy`, `pandas`, ...
  virtual std::vector<std::string> InstalledLibraries(Libraries libraries) const = 0;
};

}  // namespace openfc::sandbox
