#pragma once

#include <Python.h>

namespace openfc::python {

/// Drops a reference when it goes; holds what the C API returned, null included. For this folder's
/// sources: it needs Python.h.
class Ref {
 public:
  explicit Ref(PyObject* object) : object_(object) {}
  ~Ref() { Py_XDECREF(object_); }
  Ref(const Ref&) = delete;
  Ref& operator=(const Ref&) = delete;

  PyObject* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  PyObject* object_;
};

}  // namespace openfc::python
