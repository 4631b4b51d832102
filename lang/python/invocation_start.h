#pragma once

#include "lang/python/call_python.h"
#include "lang/python/context_maker.h"
#include "runtime/invoke/invocation.h"

#include <pybind11/pybind11.h>

namespace openfc::python {

/// What comes before the handler: the running thread is the invocation's from now on
/// (py/request.py), an instance from a snapshot awakens (py/snapshot.py), and there is a context.
/// Used, and dropped, under the GIL.
class InvocationStart {
 public:
  /// `module` is py/invoke.py, `steps` its Steps.
  InvocationStart(const pybind11::object& module, const pybind11::object& steps,
                  ContextMaker::Shape shape);

  /// The context, or what kept the instance from awakening.
  Called Begin(const Invocation& invocation);

  /// The same without the context, where one is made only if it is asked for.
  Called BeginWithoutContext(const Invocation& invocation);

  /// The context alone.
  pybind11::object ContextOf(const Invocation& invocation);

 private:
  void Enter(pybind11::handle request_id) const;
  Called Awaken(const Invocation& invocation, const pybind11::object& context) const;
  pybind11::object ContextOf(const Invocation& invocation, const pybind11::object& request_id);

  const pybind11::object request_id_;   // A ContextVar.
  const pybind11::dict latest_;         // Of py/request.py.
  const pybind11::object make_logger_;  // None with one invocation at a time.
  const pybind11::object awaken_;       // None where nothing sleeps.
  ContextMaker contexts_;
};

}  // namespace openfc::python
