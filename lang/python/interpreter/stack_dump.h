#pragma once

namespace openfc::python {

/// From here on Python's stacks are written to `fd`, in faulthandler's words: those of all threads
/// when `signal` comes, and those of a process that dies of SIGSEGV, SIGFPE, SIGABRT, SIGBUS or
/// SIGILL, which it still dies of. `fd` stays the caller's, must stay open and must not block.
///
/// Where the user has asked for faulthandler already (PYTHONFAULTHANDLER), the second part stays as
/// they have it; and what user code does with faulthandler, or with those signals, later, replaces
/// ours. False when Python cannot do it.
bool DumpStacksTo(int fd, int signal);

}  // namespace openfc::python
