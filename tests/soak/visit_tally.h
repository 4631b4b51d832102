#pragma once

#include "runtime/base/mutex.h"

#include <map>
#include <string>
#include <vector>

namespace openfc::soak {

/// What the visitors of an instance did, and what was wrong with what they got. For all threads.
class VisitTally {
 public:
  void NoteVisit(const std::string& conduct) EXCLUDES_LOCK(mutex_);
  void NoteFault(std::string fault) EXCLUDES_LOCK(mutex_);

  std::size_t visits() const EXCLUDES_LOCK(mutex_);
  /// How often each conduct came, in one line.
  std::string Summary() const EXCLUDES_LOCK(mutex_);
  std::vector<std::string> faults() const EXCLUDES_LOCK(mutex_);

 private:
  mutable Mutex mutex_;
  std::map<std::string, std::size_t> visits_ GUARDED_BY(mutex_);
  std::vector<std::string> faults_ GUARDED_BY(mutex_);
};

}  // namespace openfc::soak
