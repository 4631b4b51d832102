#include "lang/python/native_module.h"

#include "lang/python/asgi_scope.h"
#include "lang/python/coroutine.h"
#include "lang/python/exchange.h"
#include "lang/python/loop_drive.h"
#include "lang/python/text.h"
#include "lang/python/wsgi_environ.h"
#include "runtime/wire/fault.h"

#include <pybind11/stl.h>

#include <memory>
#include <string>
#include <utility>

namespace openfc::python {

namespace py = pybind11;

namespace {

using wire::Stack;

/// For py/asgi.py: (scope, exchange, request id, deadline) of each request, and all tickets.
py::tuple Take(LoopInbox& inbox) {
  LoopInbox::Content content = inbox.Take();
  py::list requests;
  for (IncomingRequest& request : content.requests) {
    const Invocation& invocation = *request.invocation;
    py::object scope = AsgiScope(invocation);
    py::object request_id = Text(invocation.request_id);
    py::object deadline = MonotonicSeconds(invocation.deadline);
    requests.append(py::make_tuple(
        std::move(scope), MakeExchange(std::move(request.invocation), std::move(request.reply)),
        std::move(request_id), std::move(deadline)));
  }
  return py::make_tuple(std::move(requests), py::cast(content.tickets));
}

/// For py/wsgi_http.py: (environ, body), as TakeBody() has it. One call costs less than two.
py::tuple Environ(Exchange& exchange, const py::dict& common) {
  py::dict environ = WsgiEnviron(exchange.invocation(), common);
  return py::make_tuple(std::move(environ), exchange.TakeBody());
}

void Fail(Exchange& exchange, const py::bytes& type, const py::bytes& document) {
  exchange.Answer(Failure{.type = BytesOf(type), .document = BytesOf(document)});
}

/// Answers that the deadline has passed; the error JSON.
std::string Expire(Exchange& exchange, const Stack& stack) {
  Failure failure = wire::FunctionTimeout(exchange.invocation().function.timeout_s, stack);
  std::string document = failure.document;
  exchange.Answer(std::move(failure));
  return document;
}

void AddExchange(const py::module_& module) {
  py::class_<Exchange>(module, "Exchange", py::module_local())
      .def("environ", &Environ)
      .def("take_body", &Exchange::TakeBody)
      .def("read", &Exchange::Read)
      .def("try_read", &Exchange::TryRead)
      .def("start", &Exchange::Start)
      .def("send", &Exchange::Send)
      .def("begin", &Exchange::Begin)
      .def("write", &Exchange::Write)
      .def("try_write", &Exchange::TryWrite)
      .def("finish", &Exchange::Finish)
      .def("fail", &Fail)
      .def("expire", &Expire)
      .def("watch_half_closed", &Exchange::WatchHalfClosed)
      .def("watch_gone", &Exchange::WatchGone)
      .def("accept", &Exchange::Accept)
      .def("receive", &Exchange::Receive)
      .def("send_message", &Exchange::SendMessage)
      .def("close_channel", &Exchange::CloseChannel)
      .def("close", &Exchange::Close);
}

void AddLoopInbox(const py::module_& module) {
  py::class_<LoopInbox, std::shared_ptr<LoopInbox>>(module, "LoopInbox", py::module_local())
      .def("descriptor", &LoopInbox::descriptor)
      .def("take", &Take)
      .def("close", &LoopInbox::Close, py::call_guard<py::gil_scoped_release>());
}

void AddLoopDrive(const py::module_& module) {
  py::class_<LoopDrive>(module, "LoopDrive", py::module_local())
      .def("select", &LoopDrive::Select)
      .def("watch", &LoopDrive::Watch);
}

void EnsureModule() {
  static const bool made = [] {
    const auto module = py::reinterpret_borrow<py::module_>(PyImport_AddModule("_openfc.native"));
    if (!module) throw py::error_already_set();
    AddExchange(module);
    AddLoopInbox(module);
    AddLoopDrive(module);
    return true;
  }();
  (void)made;
}

}  // namespace

py::object MakeExchange(std::unique_ptr<Invocation> invocation, Reply reply) {
  EnsureModule();
  return py::cast(std::make_unique<Exchange>(std::move(invocation), std::move(reply)));
}

py::object MakeLoopInbox() {
  EnsureModule();
  auto inbox = LoopInbox::Make();
  if (!inbox) {
    PyErr_SetString(PyExc_OSError, inbox.error().message.c_str());
    throw py::error_already_set();
  }
  return py::cast(*std::move(inbox));
}

py::object MakeLoopDrive(DrivenDoor& door, std::shared_ptr<LoopInbox> inbox) {
  return py::cast(std::make_unique<LoopDrive>(door, std::move(inbox)));
}

std::shared_ptr<LoopInbox> InboxOf(const py::object& object) {
  return object.cast<std::shared_ptr<LoopInbox>>();
}

}  // namespace openfc::python
