#include "tests/soak/visit_tally.h"

#include <utility>

namespace openfc::soak {

void VisitTally::NoteVisit(const std::string& conduct) {
  const MutexLock lock(mutex_);
  ++visits_[conduct];
}

void VisitTally::NoteFault(std::string fault) {
  const MutexLock lock(mutex_);
  faults_.push_back(std::move(fault));
}

std::size_t VisitTally::visits() const {
  const MutexLock lock(mutex_);
  std::size_t sum = 0;
  for (const auto& [conduct, count] : visits_) sum += count;
  return sum;
}

std::string VisitTally::Summary() const {
  const MutexLock lock(mutex_);
  std::string line;
  for (const auto& [conduct, count] : visits_) {
    line += (line.empty() ? "" : ", ") + conduct + " " + std::to_string(count);
  }
  return line;
}

std::vector<std::string> VisitTally::faults() const {
  const MutexLock lock(mutex_);
  return faults_;
}

}  // namespace openfc::soak
