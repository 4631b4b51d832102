#pragma once

#include <signal.h>

namespace openfc {

// The real-time signals that rloader sends to the runtime, reserved so that user code's own use of
// SIGTERM and its like stays its own (fc-runtime-api.md, section 9). Functions, because SIGRTMIN is
// only known at run time.

/// The drain mark stands in the page: look at it.
inline int DrainSignal() { return SIGRTMIN + 1; }

/// Write your threads' stacks into the pipe that OPENFC_STACKS_FD named. Sent only to a runtime
/// that said it would (SharedPage::MarkTellsStacks).
inline int StacksSignal() { return SIGRTMIN + 2; }

}  // namespace openfc
