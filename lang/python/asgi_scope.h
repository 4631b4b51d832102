#pragma once

#include "runtime/invoke/invocation.h"

#include <pybind11/pybind11.h>

namespace openfc::python {

/// What an ASGI application is called with (ASGI 3.0, HTTP and WebSocket specification 2.3), but
/// for `state` and `fc.context`. The invocation has an HttpRequest. Needs the GIL.
pybind11::dict AsgiScope(const Invocation& invocation);

}  // namespace openfc::python
