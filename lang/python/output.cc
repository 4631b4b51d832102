#include "lang/python/output.h"

#include "lang/python/call_python.h"

#include <cstdio>
#include <utility>

namespace openfc::python {

namespace py = pybind11;

namespace {

/// Null where there is none.
py::object Find(const py::dict& names, const py::str& name) {
  return py::reinterpret_borrow<py::object>(PyDict_GetItem(names.ptr(), name.ptr()));
}

}  // namespace

Output::Output(py::object flush, py::object begun)
    : flush_(std::move(flush)),
      begun_(std::move(begun)),
      sys_(py::module_::import("sys").attr("__dict__")),
      stdout_(Find(sys_, stdout_name_)),
      stderr_(Find(sys_, stderr_name_)) {}

void Output::Flush() const {
  if (MayHoldSomething()) (void)CallPython(flush_);
  (void)std::fflush(stdout);
}

bool Output::MayHoldSomething() const {
  return PySet_GET_SIZE(begun_.ptr()) > 0 || !WritesThrough(stdout_name_, stdout_) ||
         !WritesThrough(stderr_name_, stderr_);
}

/// Whether it is the stream that it was, and no reconfigure() has made it keep what it is given.
bool Output::WritesThrough(const py::str& name, const py::object& original) const {
  const py::object stream = Find(sys_, name);
  if (!stream || !stream.is(original)) return false;
  if (stream.is_none()) return true;
  const auto writes_through =
      py::reinterpret_steal<py::object>(PyObject_GetAttr(stream.ptr(), write_through_.ptr()));
  if (!writes_through) PyErr_Clear();
  return writes_through.ptr() == Py_True;
}

}  // namespace openfc::python
