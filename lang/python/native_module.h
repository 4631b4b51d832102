#pragma once

#include "lang/python/loop_inbox.h"
#include "runtime/invoke/invocation.h"
#include "runtime/invoke/reply.h"

#include <pybind11/pybind11.h>

namespace openfc::python {

/// The types that py/ is handed objects of, Exchange and LoopInbox, are in the module
/// `_openfc.native`, which is made with the first of them. All of this needs the GIL.

/// An Exchange that Python owns.
pybind11::object MakeExchange(Invocation&& invocation, Reply reply);

/// A LoopInbox. OSError when there is none to be had. Throws pybind11::error_already_set.
pybind11::object MakeLoopInbox();

/// The inbox that `object` is.
std::shared_ptr<LoopInbox> InboxOf(const pybind11::object& object);

}  // namespace openfc::python
