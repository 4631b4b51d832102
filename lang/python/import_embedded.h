#pragma once

#include <pybind11/pybind11.h>

namespace openfc::python {

/// Runs the modules of py/ out of memory and returns the last one, `_openfc.invoke`. They stand in
/// sys.modules; sys.path plays no part. Throws pybind11::error_already_set. Needs the GIL.
pybind11::object ImportEmbedded();

}  // namespace openfc::python
