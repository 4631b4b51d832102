#pragma once

#include "runtime/invoke/invocation.h"

#include <pybind11/pybind11.h>

namespace openfc::python {

/// What `context` is made of (py/context.py): a dict of strings, numbers and tuples in the order of
/// the classes there. Bytes that are not UTF-8 come as surrogates. Needs the GIL.
pybind11::dict MetaOf(const Invocation& invocation);

}  // namespace openfc::python
