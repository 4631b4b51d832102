#pragma once

#include "emulator/runtime_api.h"
#include "runtime/base/error.h"
#include "runtime/base/mutex.h"
#include "runtime/base/unique_fd.h"

#include <memory>
#include <vector>

namespace openfc::emulator {

/// Carries what happens at the Runtime API from its thread to one that polls.
class EventQueue {
 public:
  static Expected<std::unique_ptr<EventQueue>> Make();

  /// From any thread.
  void Post(InstanceEvent event) EXCLUDES_LOCK(mutex_);

  /// Readable while there is something to take.
  int fd() const { return wake_.get(); }

  std::vector<InstanceEvent> Take() EXCLUDES_LOCK(mutex_);

 private:
  explicit EventQueue(UniqueFd wake) : wake_(std::move(wake)) {}

  const UniqueFd wake_;
  Mutex mutex_;
  std::vector<InstanceEvent> events_ GUARDED_BY(mutex_);
};

}  // namespace openfc::emulator
