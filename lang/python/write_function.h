#pragma once

#include <pybind11/pybind11.h>

namespace openfc::python {

/// `write(descriptor, bytes)` for py/streams.py: WriteWhole() of runtime/base with the GIL let go,
/// so that lines of Python and of C++ stay whole beside each other. Raises OSError. Needs the GIL.
pybind11::cpp_function MakeWriteFunction();

}  // namespace openfc::python
