#pragma once

#include "runtime/base/error.h"

namespace openfc::python {

/// Waits until an IDE has attached to this interpreter, by the Python package debugpy, on a port of
/// 127.0.0.1. kInvalidArgument with a sentence when that cannot be. In the main thread, without the
/// GIL, before a handler is made.
Status AwaitDebugger(int port);

}  // namespace openfc::python
