#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

// Clang checks these with -Wthread-safety (the tidy preset); other compilers ignore them.
#if defined(__clang__)
#define OPENFC_ANNOTATION(x) __attribute__((x))
#else
#define OPENFC_ANNOTATION(x)
#endif

#define GUARDED_BY(mutex) OPENFC_ANNOTATION(guarded_by(mutex))
#define REQUIRES_LOCK(...) OPENFC_ANNOTATION(requires_capability(__VA_ARGS__))
#define EXCLUDES_LOCK(...) OPENFC_ANNOTATION(locks_excluded(__VA_ARGS__))

namespace openfc {

/// A std::mutex whose guarded fields the compiler knows: GUARDED_BY(mutex_) on the field.
class OPENFC_ANNOTATION(capability("mutex")) Mutex {
 public:
  void Lock() OPENFC_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void Unlock() OPENFC_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

/// Holds a Mutex for a scope.
class OPENFC_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) OPENFC_ANNOTATION(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() OPENFC_ANNOTATION(release_capability()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// Waits for a condition on fields that a Mutex guards. Wake-ups may be spurious: wait in a loop.
class CondVar {
 public:
  void Wait(Mutex& mutex) REQUIRES_LOCK(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }

  /// False when `until` has come.
  bool WaitUntil(Mutex& mutex, std::chrono::steady_clock::time_point until) REQUIRES_LOCK(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool notified = condition_.wait_until(lock, until) == std::cv_status::no_timeout;
    lock.release();
    return notified;
  }

  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace openfc
