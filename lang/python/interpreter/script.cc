#include "lang/python/interpreter/script.h"

#include "lang/python/interpreter/ref.h"

#include <Python.h>

namespace openfc::python {
namespace {

std::string TextOf(PyObject* object) {
  const Ref text(object != nullptr ? PyObject_Str(object) : nullptr);
  const char* words = text ? PyUnicode_AsUTF8(text.get()) : nullptr;
  if (words == nullptr) PyErr_Clear();
  return words != nullptr ? words : "no reason that can be said";
}

/// What is raised now, which is over then.
Error TakeRaised(const std::string& what) {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* stack = nullptr;
  PyErr_Fetch(&type, &value, &stack);
  PyErr_NormalizeException(&type, &value, &stack);
  const std::string name =
      type != nullptr ? reinterpret_cast<PyTypeObject*>(type)->tp_name : "nothing";
  Error error{ErrorCode::kSystem, what + ": " + name + ": " + TextOf(value)};
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(stack);
  return error;
}

/// A tuple of bytes.
PyObject* BytesTuple(const std::vector<std::string>& texts) {
  PyObject* tuple = PyTuple_New(static_cast<Py_ssize_t>(texts.size()));
  for (std::size_t i = 0; tuple != nullptr && i < texts.size(); ++i) {
    PyObject* bytes =
        PyBytes_FromStringAndSize(texts[i].data(), static_cast<Py_ssize_t>(texts[i].size()));
    if (bytes == nullptr) {
      Py_DECREF(tuple);
      return nullptr;
    }
    PyTuple_SET_ITEM(tuple, static_cast<Py_ssize_t>(i), bytes);
  }
  return tuple;
}

}  // namespace

Expected<std::unique_ptr<Script>> Script::Load(const std::string& name, const std::string& source) {
  const Ref code(Py_CompileString(source.c_str(), name.c_str(), Py_file_input));
  if (!code) return TakeRaised("'" + name + "' cannot be compiled");
  PyObject* names = PyDict_New();
  if (names == nullptr) return TakeRaised("'" + name + "' has no room");
  PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins());
  const Ref text(PyUnicode_FromString(name.c_str()));
  if (text) PyDict_SetItemString(names, "__name__", text.get());
  const Ref result(PyEval_EvalCode(code.get(), names, names));
  if (!result) return TakeRaised("'" + name + "' cannot be loaded");
  return std::make_unique<Script>(Loaded{}, names);
}

Expected<std::string> Script::Call(const char* function,
                                   const std::vector<std::string>& arguments) {
  const std::string what = std::string("cannot call ") + function;
  PyObject* callee = PyDict_GetItemString(static_cast<PyObject*>(names_), function);
  if (callee == nullptr) return Error{ErrorCode::kSystem, what + ": there is no such function"};
  const Ref tuple(BytesTuple(arguments));
  if (!tuple) return TakeRaised(what);
  const Ref result(PyObject_Call(callee, tuple.get(), nullptr));
  if (!result) return TakeRaised(what);
  if (result.get() == Py_None) return std::string();
  char* bytes = nullptr;
  Py_ssize_t size = 0;
  if (PyBytes_AsStringAndSize(result.get(), &bytes, &size) != 0) return TakeRaised(what);
  return std::string(bytes, static_cast<std::size_t>(size));
}

}  // namespace openfc::python
