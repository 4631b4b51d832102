#pragma once

#include "lang/python/embedded_modules.h"

#include <pybind11/pybind11.h>

#include <span>

namespace openfc::python {

/// Runs the modules of py/ out of memory and returns the last one, `_openfc.invoke`. They stand in
/// sys.modules; sys.path plays no part. Throws pybind11::error_already_set. Needs the GIL.
pybind11::object ImportEmbedded(std::span<const EmbeddedModule> modules = EmbeddedModules());

}  // namespace openfc::python
