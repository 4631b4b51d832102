#include "lang/python/text.h"

#include <cstddef>

namespace openfc::python {

namespace py = pybind11;

py::object Text(const std::string& bytes) {
  auto text = py::reinterpret_steal<py::object>(
      PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "surrogateescape"));
  if (!text) throw py::error_already_set();
  return text;
}

std::string BytesOf(const py::object& bytes) {
  return {PyBytes_AS_STRING(bytes.ptr()), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes.ptr()))};
}

std::optional<std::string> PlainBytesOf(const py::object& object) {
  if (PyBytes_Check(object.ptr()) != 0) return BytesOf(object);
  if (PyUnicode_Check(object.ptr()) == 0) return std::nullopt;
  Py_ssize_t size = 0;
  const char* const utf8 = PyUnicode_AsUTF8AndSize(object.ptr(), &size);
  if (utf8 != nullptr) return std::string(utf8, static_cast<std::size_t>(size));
  PyErr_Clear();
  return std::nullopt;
}

}  // namespace openfc::python
