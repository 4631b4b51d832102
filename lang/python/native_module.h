#pragma once

#include "lang/python/loop_inbox.h"
#include "runtime/invoke/driven_door.h"
#include "runtime/invoke/invocation.h"
#include "runtime/invoke/reply.h"

#include <pybind11/pybind11.h>

namespace openfc::python {

/// The types that py/ is handed objects of, Exchange, LoopInbox and LoopDrive, are in the module
/// `_openfc.native`, which is made with the first of them. All of this needs the GIL.

/// An Exchange that Python owns.
pybind11::object MakeExchange(std::unique_ptr<Invocation> invocation, Reply reply);

/// A LoopInbox. OSError when there is none to be had. Throws pybind11::error_already_set.
pybind11::object MakeLoopInbox();

/// A LoopDrive, which is to be ended before the door is.
pybind11::object MakeLoopDrive(DrivenDoor& door, std::shared_ptr<LoopInbox> inbox);

/// The inbox that `object` is.
std::shared_ptr<LoopInbox> InboxOf(const pybind11::object& object);

}  // namespace openfc::python
