#pragma once

#include <signal.h>

namespace openfc {

/// rloader -> runtime: the drain mark stands in the page, look at it. A real-time signal, so that
/// user code's own use of SIGTERM stays its own (fc-runtime-api.md, section 9). A function, because
/// SIGRTMIN is only known at run time.
inline int DrainSignal() { return SIGRTMIN + 1; }

}  // namespace openfc
