#pragma once

#include "lang/python/embedded_modules.h"

#include <pybind11/pybind11.h>

#include <span>

namespace openfc::python {

/// Imports the last one of the modules out of memory, `_openfc.invoke`, and with it those that it
/// imports; the others can be imported from then on. sys.path plays no part. Throws
/// pybind11::error_already_set. Needs the GIL.
pybind11::object ImportEmbedded(std::span<const EmbeddedModule> modules = EmbeddedModules());

}  // namespace openfc::python
