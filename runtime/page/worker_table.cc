#include "runtime/page/worker_table.h"

#include <signal.h>

#include <algorithm>

namespace openfc {
namespace {

pid_t PidFrom(std::int32_t written) { return std::max(written, 0); }

}  // namespace

void WorkerTable::Begin(std::size_t place) {
  Worker& worker = workers_[place];
  worker.polled.store(0);
  worker.pid.store(0);
  worker.state.store(kAlive);
}

void WorkerTable::ReportEnd(std::size_t place, const WorkerEnd& end) {
  Worker& worker = workers_[place];
  worker.pid.store(end.pid);
  worker.exit_code.store(end.exit_code);
  worker.signal.store(end.signal);
  worker.peak_memory_bytes.store(end.peak_memory_bytes);
  worker.state.store(kEnded);  // Last: who sees it sees the rest.
}

bool WorkerTable::IsHandled(std::size_t place) const {
  return workers_[place].state.load() == kHandled;
}

std::size_t WorkerTable::count() const { return std::min<std::size_t>(count_.load(), kMost); }

pid_t WorkerTable::pid(std::size_t place) const { return PidFrom(workers_[place].pid.load()); }

std::optional<WorkerEnd> WorkerTable::FindEnd(std::size_t place) const {
  const Worker& worker = workers_[place];
  if (worker.state.load() != kEnded) return std::nullopt;
  constexpr int kHighestExit = 255;
  return WorkerEnd{.pid = PidFrom(worker.pid.load()),
                   .exit_code = std::clamp(worker.exit_code.load(), 0, kHighestExit),
                   .signal = std::clamp(worker.signal.load(), 0, NSIG - 1),
                   .peak_memory_bytes = std::max<std::int64_t>(worker.peak_memory_bytes.load(), 0)};
}

void WorkerTable::MarkHandled(std::size_t place) { workers_[place].state.store(kHandled); }

void WorkerTable::Reset() {
  count_.store(0);
  for (Worker& worker : workers_) {
    worker.state.store(kFree);
    worker.polled.store(0);
    worker.pid.store(0);
  }
}

}  // namespace openfc
