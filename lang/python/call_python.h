#pragma once

#include <pybind11/pybind11.h>

namespace openfc::python {

/// What a call of Python came to: a result, or the exception, its traceback attached. All of this
/// needs the GIL, to be destroyed too.
struct Called {
  pybind11::object result;     // Null when it raised.
  pybind11::object exception;  // Null when it did not.

  bool Raised() const { return static_cast<bool>(exception); }
};

/// The exception that is set, which then is not any more.
pybind11::object TakeException();

template <typename... Arguments>
Called CallPython(pybind11::handle callable, const Arguments&... arguments) {
  Called called;
  called.result = pybind11::reinterpret_steal<pybind11::object>(PyObject_CallFunctionObjArgs(
      callable.ptr(), static_cast<PyObject*>(arguments.ptr())..., nullptr));
  if (!called.result) called.exception = TakeException();
  return called;
}

}  // namespace openfc::python
