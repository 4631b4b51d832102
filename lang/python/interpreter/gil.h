#pragma once

namespace openfc::python {

/// Python's global lock, held for a scope. Any Python object is touched, and dropped, under one.
///
/// In the thread that started the interpreter this takes back the thread state that the start left
/// behind. In any other thread the first scope makes a state, which stays that thread's until the
/// thread ends: later scopes make none, and thread-local Python state lives on between them. It is
/// the state that PyGILState_* finds, so that extension modules meet it too. Scopes nest. Never
/// held across network I/O.
///
/// A thread that has held a Gil ends before the Interpreter does, or after it, not meanwhile.
class Gil {
 public:
  Gil();
  ~Gil();
  Gil(const Gil&) = delete;
  Gil& operator=(const Gil&) = delete;

 private:
  int state_;
};

/// The opposite: under a Gil, lets other threads have the lock for a scope.
class NoGil {
 public:
  NoGil();
  ~NoGil();
  NoGil(const NoGil&) = delete;
  NoGil& operator=(const NoGil&) = delete;

 private:
  void* state_;
};

/// Takes Python's global lock, as a Gil does, until ReleaseGil() in the same thread; Gils nest in
/// it.
void AcquireGil();
void ReleaseGil();

/// From now on the lock cannot be had any more: threads that end leave their Python state behind
/// instead of waiting for it. For the interpreter's end.
void LeaveThreadStatesBehind();

}  // namespace openfc::python
