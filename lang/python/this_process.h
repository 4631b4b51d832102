#pragma once

#include "lang/python/call_python.h"

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

/// Ends a process that user code forked, which came back from it as `called`: it has its parent's
/// connection and invocation, and must neither answer nor poll. `exit_status(exception)` gives the
/// status of one that ended in an exception, `flush()` writes out what was printed.
[[noreturn]] void EndForkedChild(const Called& called, pybind11::handle exit_status,
                                 pybind11::handle flush);

}  // namespace openfc::python
