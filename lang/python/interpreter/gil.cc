#include "lang/python/interpreter/gil.h"

#include <Python.h>

namespace openfc::python {

Gil::Gil() : state_(PyGILState_Ensure()) {}

Gil::~Gil() { PyGILState_Release(static_cast<PyGILState_STATE>(state_)); }

}  // namespace openfc::python
