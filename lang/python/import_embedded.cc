#include "lang/python/import_embedded.h"

#include <marshal.h>

#include <string>

namespace openfc::python {

namespace py = pybind11;

namespace {

py::object OwnedOrThrow(PyObject* object) {
  if (object == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(object);
}

py::object MakeModule(const EmbeddedModule& embedded, const std::string& package) {
  auto module = py::reinterpret_borrow<py::object>(PyImport_AddModule(embedded.name));
  if (!module) throw py::error_already_set();
  module.attr("__package__") = package;
  module.attr("__builtins__") = py::reinterpret_borrow<py::object>(PyEval_GetBuiltins());
  if (package == embedded.name) module.attr("__path__") = py::list();  // Nothing is on disk.
  return module;
}

void RunCode(const EmbeddedModule& embedded, const py::object& module) {
  const py::object code = OwnedOrThrow(PyMarshal_ReadObjectFromString(
      reinterpret_cast<const char*>(embedded.code), static_cast<Py_ssize_t>(embedded.size)));
  PyObject* names = PyModule_GetDict(module.ptr());
  const py::object result = OwnedOrThrow(PyEval_EvalCode(code.ptr(), names, names));
}

}  // namespace

py::object ImportEmbedded(std::span<const EmbeddedModule> modules) {
  const std::string package = modules.front().name;
  py::object top;
  py::object last;
  for (const EmbeddedModule& embedded : modules) {
    last = MakeModule(embedded, package);
    RunCode(embedded, last);
    if (top) {
      top.attr(embedded.name + package.size() + 1) = last;
    } else {
      top = last;
    }
  }
  return last;
}

}  // namespace openfc::python
