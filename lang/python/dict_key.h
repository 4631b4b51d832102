#pragma once

#include <pybind11/pybind11.h>

namespace openfc::python {

/// An object that is made once and kept for good: the interpreter ends with the process.
class KeptObject {
 public:
  explicit KeptObject(pybind11::object object) : object_(object.release().ptr()) {}

  pybind11::object get() const { return pybind11::reinterpret_borrow<pybind11::object>(object_); }

 private:
  PyObject* object_;
};

/// A dict's key, kept in the same way. Both need the GIL.
class DictKey {
 public:
  explicit DictKey(const char* text) : text_(PyUnicode_InternFromString(text)) {
    if (text_ == nullptr) throw pybind11::error_already_set();
  }

  void Set(pybind11::dict& dict, const pybind11::object& value) const {
    if (!value || PyDict_SetItem(dict.ptr(), text_, value.ptr()) != 0) {
      throw pybind11::error_already_set();
    }
  }

 private:
  PyObject* text_;
};

}  // namespace openfc::python
