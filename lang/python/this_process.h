#pragma once

namespace openfc::python {

/// Tells whether the running code is still in the process that made this object, or in one that
/// user code has forked since. Costs no system call.
class ThisProcess {
 public:
  ThisProcess();

  bool WasLeft() const;

 private:
  const unsigned forks_;
};

}  // namespace openfc::python
