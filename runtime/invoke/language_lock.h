#pragma once

namespace openfc {

/// The lock that a language has for all of its threads, where it has one (Python's global lock).
///
/// Its Handler takes it by itself. Who calls the handler again and again saves the hand-over by
/// holding it in between; the handler then finds it held. While the function waits it lets the lock
/// go, and has it back when it goes on.
class LanguageLock {
 public:
  virtual void Lock() = 0;
  virtual void Unlock() = 0;

 protected:
  ~LanguageLock() = default;
};

}  // namespace openfc
