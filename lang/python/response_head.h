#pragma once

#include "runtime/invoke/reply.h"

#include <pybind11/pybind11.h>

namespace openfc::python {

/// What an application begins its response with: `headers` is an iterable of pairs, each of two
/// bytes, or of two str in Latin-1. Headers that belong to the connection, which is not the
/// application's, are left out. Throws pybind11::error_already_set (ValueError, TypeError) for what
/// cannot be sent: a status out of range, a name that is no token, a line break in a value. Needs
/// the GIL.
StreamHead ResponseHead(int status, pybind11::handle headers);

}  // namespace openfc::python
