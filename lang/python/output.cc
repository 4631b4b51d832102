#include "lang/python/output.h"

#include "lang/python/call_python.h"

#include <cstdio>
#include <utility>

namespace openfc::python {

namespace py = pybind11;

namespace {

constexpr const char* kStdout = "stdout";
constexpr const char* kStderr = "stderr";

/// Null where there is none.
PyObject* Borrow(const py::dict& names, const char* name) {
  return PyDict_GetItemString(names.ptr(), name);
}

py::object Own(const py::dict& names, const char* name) {
  return py::reinterpret_borrow<py::object>(Borrow(names, name));
}

/// Whether it is the stream that it was, and no reconfigure() has made it keep what it is given.
bool WritesThrough(PyObject* stream, const py::object& original) {
  if (stream == nullptr || stream != original.ptr()) return false;
  if (stream == Py_None) return true;
  const auto writes_through =
      py::reinterpret_steal<py::object>(PyObject_GetAttrString(stream, "write_through"));
  if (!writes_through) PyErr_Clear();
  return writes_through.ptr() == Py_True;
}

}  // namespace

Output::Output(py::object flush, py::object begun)
    : flush_(std::move(flush)),
      begun_(std::move(begun)),
      sys_(py::module_::import("sys").attr("__dict__")),
      stdout_(Own(sys_, kStdout)),
      stderr_(Own(sys_, kStderr)) {}

void Output::Flush() const {
  if (MayHoldSomething()) (void)CallPython(flush_);
  (void)std::fflush(stdout);
}

bool Output::MayHoldSomething() const {
  return PySet_GET_SIZE(begun_.ptr()) > 0 || !WritesThrough(Borrow(sys_, kStdout), stdout_) ||
         !WritesThrough(Borrow(sys_, kStderr), stderr_);
}

}  // namespace openfc::python
