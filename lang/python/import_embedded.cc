#include "lang/python/import_embedded.h"

#include <marshal.h>

#include <utility>

namespace openfc::python {

namespace py = pybind11;

namespace {

py::object OwnedOrThrow(PyObject* object) {
  if (object == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(object);
}

py::object MakePackage(const EmbeddedModule& embedded) {
  auto module = py::reinterpret_borrow<py::object>(PyImport_AddModule(embedded.name));
  if (!module) throw py::error_already_set();
  module.attr("__package__") = embedded.name;
  module.attr("__builtins__") = py::reinterpret_borrow<py::object>(PyEval_GetBuiltins());
  module.attr("__path__") = py::list();  // Nothing is on disk.
  return module;
}

py::dict CodesOf(std::span<const EmbeddedModule> modules) {
  py::dict codes;
  for (const EmbeddedModule& embedded : modules) {
    codes[embedded.name] =
        py::memoryview::from_memory(embedded.code, static_cast<py::ssize_t>(embedded.size));
  }
  return codes;
}

void RunCode(const EmbeddedModule& embedded, const py::object& module) {
  const py::object code = OwnedOrThrow(PyMarshal_ReadObjectFromString(
      reinterpret_cast<const char*>(embedded.code), static_cast<Py_ssize_t>(embedded.size)));
  PyObject* names = PyModule_GetDict(module.ptr());
  const py::object result = OwnedOrThrow(PyEval_EvalCode(code.ptr(), names, names));
}

}  // namespace

py::object ImportEmbedded(std::span<const EmbeddedModule> modules) {
  const py::object package = MakePackage(modules.front());
  RunCode(modules.front(), package);
  package.attr("add")(CodesOf(modules.subspan(1)));
  return py::module_::import(modules.back().name);
}

}  // namespace openfc::python
