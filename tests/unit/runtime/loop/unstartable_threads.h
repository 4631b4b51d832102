#pragma once

#include <pthread.h>

#include <cstddef>

namespace openfc {

/// While it lives no thread can be started in this process: each would want a stack larger than the
/// address space.
class UnstartableThreads {
 public:
  UnstartableThreads() {
    ::pthread_attr_init(&before_);
    ::pthread_getattr_default_np(&before_);
    pthread_attr_t huge;
    ::pthread_attr_init(&huge);
    ::pthread_attr_setstacksize(&huge, std::size_t{1} << 47U);
    ::pthread_setattr_default_np(&huge);
    ::pthread_attr_destroy(&huge);
  }
  UnstartableThreads(const UnstartableThreads&) = delete;
  UnstartableThreads& operator=(const UnstartableThreads&) = delete;
  ~UnstartableThreads() {
    ::pthread_setattr_default_np(&before_);
    ::pthread_attr_destroy(&before_);
  }

 private:
  pthread_attr_t before_{};
};

}  // namespace openfc
