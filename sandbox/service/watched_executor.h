#pragma once

#include "runtime/base/mutex.h"
#include "sandbox/executor/executor.h"
#include "sandbox/service/run_figures.h"
#include "sandbox/service/run_log.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace openfc::sandbox {

/// An executor that counts what another one runs, and writes a line for each run that ends. It can
/// be closed before that other one goes, so that what the runs call may go in between.
class WatchedExecutor final : public Executor {
 public:
  /// Both are borrowed. `dialect` stands in the lines.
  WatchedExecutor(Executor& inner, std::string dialect, RunLog& log)
      : inner_(inner), dialect_(std::move(dialect)), log_(log) {}
  ~WatchedExecutor() override { Close(); }

  Expected<std::unique_ptr<RunHandle>> Submit(RunRequest request, RunEvents events) override
      EXCLUDES_LOCK(mutex_);
  Expected<std::shared_ptr<Workspace>> MakeWorkspace() override { return inner_.MakeWorkspace(); }
  IsolationLevel isolation() const override { return inner_.isolation(); }
  ExecutorLoad load() const override { return inner_.load(); }
  std::vector<std::string> InstalledLibraries(Libraries libraries) const override {
    return inner_.InstalledLibraries(libraries);
  }

  const RunFigures& figures() const { return figures_; }

  /// Takes no more runs, cancels those that there are, and waits until their ends have been told.
  /// Not from the executor's thread.
  void Close() EXCLUDES_LOCK(mutex_);

 private:
  class Handle;

  /// Its number; nothing once closed.
  std::optional<std::uint64_t> Begin() EXCLUDES_LOCK(mutex_);
  void Keep(std::uint64_t number, const std::shared_ptr<RunHandle>& handle) EXCLUDES_LOCK(mutex_);
  void Forget(std::uint64_t number) EXCLUDES_LOCK(mutex_);
  RunEvents Watch(std::uint64_t number, RunEvents events);

  Executor& inner_;
  const std::string dialect_;
  RunLog& log_;
  RunFigures figures_;
  Mutex mutex_;
  CondVar changed_;
  std::map<std::uint64_t, std::shared_ptr<RunHandle>> open_ GUARDED_BY(mutex_);  // Null at first.
  std::uint64_t last_ GUARDED_BY(mutex_) = 0;
  bool is_closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace openfc::sandbox
