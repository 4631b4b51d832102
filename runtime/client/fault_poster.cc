#include "runtime/client/fault_poster.h"

#include <algorithm>

namespace openfc {

FaultPoster::FaultPoster(PlatformAddress address, FaultPosterLimits limits)
    : address_(std::move(address)), limits_(limits) {}

void FaultPoster::Post(FaultReport report) {
  waiting_.emplace_back(std::move(report), Deadline::After(limits_.post_time));
}

void FaultPoster::Advance() {
  do {
    while (!waiting_.empty() && active_.size() < limits_.connections) {
      const auto& [report, give_up] = waiting_.front();
      active_.emplace_back(address_, report, give_up);
      waiting_.pop_front();
    }
    active_.remove_if([](FaultPost& post) { return post.Advance(); });
  } while (!waiting_.empty() && active_.size() < limits_.connections);
}

void FaultPoster::AppendAwaited(std::vector<pollfd>& entries) const {
  for (const FaultPost& post : active_) {
    if (const auto entry = post.Awaited()) entries.push_back(*entry);
  }
}

Deadline FaultPoster::NextLook() const {
  Deadline next;
  for (const FaultPost& post : active_) next = std::min(next, post.NextLook());
  return next;
}

}  // namespace openfc
