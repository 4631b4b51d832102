#include "lang/python/invocation_start.h"

#include "lang/python/text.h"

namespace openfc::python {

namespace py = pybind11;

InvocationStart::InvocationStart(const py::object& module, const py::object& steps,
                                 ContextMaker::Shape shape)
    : request_id_(module.attr("request_id")),
      latest_(module.attr("latest_request")),
      make_logger_(steps.attr("make_logger")),
      awaken_(steps.attr("awaken")),
      contexts_(module.attr("context_parts"), shape) {}

Called InvocationStart::Begin(const Invocation& invocation) {
  const py::object request_id = Text(invocation.request_id);
  Enter(request_id);
  Called context{.result = ContextOf(invocation, request_id), .exception = {}};
  if (awaken_.is_none()) return context;
  const Called awake = Awaken(invocation, context.result);
  return awake.Raised() ? awake : context;
}

Called InvocationStart::BeginWithoutContext(const Invocation& invocation) {
  const py::object request_id = Text(invocation.request_id);
  Enter(request_id);
  if (awaken_.is_none()) return {.result = request_id, .exception = {}};
  return Awaken(invocation, ContextOf(invocation, request_id));
}

Called InvocationStart::Awaken(const Invocation& invocation, const py::object& context) const {
  return CallPython(awaken_, context, Text(invocation.instance_id));
}

py::object InvocationStart::ContextOf(const Invocation& invocation) {
  return ContextOf(invocation, Text(invocation.request_id));
}

py::object InvocationStart::ContextOf(const Invocation& invocation, const py::object& request_id) {
  const py::object logger = make_logger_.is_none() ? py::object() : make_logger_(request_id);
  return contexts_.Make(invocation, request_id, logger);
}

void InvocationStart::Enter(py::handle request_id) const {
  static PyObject* const key = PyUnicode_InternFromString("request_id");
  if (key == nullptr || PyDict_SetItem(latest_.ptr(), key, request_id.ptr()) != 0) {
    throw py::error_already_set();
  }
  PyObject* const token = PyContextVar_Set(request_id_.ptr(), request_id.ptr());
  if (token == nullptr) throw py::error_already_set();
  Py_DECREF(token);
}

}  // namespace openfc::python
