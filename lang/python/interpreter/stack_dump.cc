#include "lang/python/interpreter/stack_dump.h"

#include "lang/python/interpreter/gil.h"
#include "lang/python/interpreter/ref.h"

#include <Python.h>

namespace openfc::python {
namespace {

/// function(*arguments, **keywords); false when it raised.
bool Call(const Ref& module, const char* function, const Ref& arguments, const Ref& keywords) {
  if (!module || !arguments || !keywords) return false;
  const Ref callable(PyObject_GetAttrString(module.get(), function));
  return callable && Ref(PyObject_Call(callable.get(), arguments.get(), keywords.get()));
}

bool Register(const Ref& faulthandler, int fd, int signal) {
  const Ref arguments(Py_BuildValue("(i)", signal));
  const Ref keywords(
      Py_BuildValue("{s:i,s:O,s:O}", "file", fd, "all_threads", Py_True, "chain", Py_False));
  return Call(faulthandler, "register", arguments, keywords);
}

bool EnableUnlessItIs(const Ref& faulthandler, int fd) {
  const Ref is_enabled(PyObject_CallMethod(faulthandler.get(), "is_enabled", nullptr));
  if (!is_enabled) return false;
  if (is_enabled.get() == Py_True) return true;
  return Call(faulthandler, "enable", Ref(PyTuple_New(0)), Ref(Py_BuildValue("{s:i}", "file", fd)));
}

}  // namespace

bool DumpStacksTo(int fd, int signal) {
  const Gil gil;
  const Ref faulthandler(PyImport_ImportModule("faulthandler"));
  const bool is_done =
      faulthandler && EnableUnlessItIs(faulthandler, fd) && Register(faulthandler, fd, signal);
  PyErr_Clear();  // Answers without a stack are answers, too.
  return is_done;
}

}  // namespace openfc::python
