#include "sandbox/service/watched_executor.h"

#include <chrono>
#include <utility>

namespace openfc::sandbox {

/// Shares the run's own handle with the executor, which may have to cancel it.
class WatchedExecutor::Handle final : public RunHandle {
 public:
  explicit Handle(std::shared_ptr<RunHandle> inner) : inner_(std::move(inner)) {}
  void Cancel() override { inner_->Cancel(); }

 private:
  const std::shared_ptr<RunHandle> inner_;
};

Expected<std::unique_ptr<RunHandle>> WatchedExecutor::Submit(RunRequest request, RunEvents events) {
  const auto number = Begin();
  if (!number) return Error{ErrorCode::kUnavailable, "the service is ending"};
  auto taken = inner_.Submit(std::move(request), Watch(*number, std::move(events)));
  if (!taken) {
    Forget(*number);
    if (taken.error().code == ErrorCode::kUnavailable) figures_.CountBusy();
    return taken.error();
  }
  std::shared_ptr<RunHandle> handle = *std::move(taken);
  Keep(*number, handle);
  return std::unique_ptr<RunHandle>(std::make_unique<Handle>(std::move(handle)));
}

void WatchedExecutor::Close() {
  std::map<std::uint64_t, std::shared_ptr<RunHandle>> open;
  {
    const MutexLock lock(mutex_);
    is_closed_ = true;
    open = open_;
  }
  for (const auto& [number, handle] : open) {
    if (handle) handle->Cancel();
  }
  const MutexLock lock(mutex_);
  while (!open_.empty()) changed_.Wait(mutex_);
}

std::optional<std::uint64_t> WatchedExecutor::Begin() {
  const MutexLock lock(mutex_);
  if (is_closed_) return std::nullopt;
  open_.emplace(++last_, nullptr);
  return last_;
}

void WatchedExecutor::Keep(std::uint64_t number, const std::shared_ptr<RunHandle>& handle) {
  bool must_cancel = false;
  {
    const MutexLock lock(mutex_);
    const auto run = open_.find(number);
    if (run == open_.end()) return;  // It has ended already.
    run->second = handle;
    must_cancel = is_closed_;
  }
  if (must_cancel) handle->Cancel();
}

void WatchedExecutor::Forget(std::uint64_t number) {
  const MutexLock lock(mutex_);
  open_.erase(number);
  changed_.NotifyAll();
}

RunEvents WatchedExecutor::Watch(std::uint64_t number, RunEvents events) {
  const auto taken = std::chrono::steady_clock::now();
  return {.on_end =
              [this, number, taken, on_end = std::move(events.on_end)](RunOutcome outcome) {
                figures_.CountEnd(outcome);
                const auto total = std::chrono::duration_cast<std::chrono::milliseconds>(
                    std::chrono::steady_clock::now() - taken);
                const IsolationLevel level = inner_.isolation();
                log_.Write(LogLineOf({.id = std::to_string(number),
                                      .dialect = dialect_,
                                      .level = &level,
                                      .outcome = &outcome,
                                      .total = total},
                                     std::chrono::system_clock::now()));
                on_end(std::move(outcome));
                Forget(number);
              },
          .on_output = std::move(events.on_output)};
}

}  // namespace openfc::sandbox
