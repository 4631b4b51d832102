#pragma once

#include "runtime/base/deadline.h"
#include "runtime/invoke/reply.h"

#include <pybind11/pybind11.h>

#include <functional>

namespace openfc::python {

/// How a coroutine ended, and with what: a result, an exception, the stack (a list of str) where
/// its deadline met it, or nothing, because the client went away. The values are those of
/// py/event_loop.py.
enum class CoroutineEnd { kFinished = 0, kFailed = 1, kTimedOut = 2, kAbandoned = 3 };

/// Whether what a handler returned is to be awaited. Needs the GIL.
bool IsCoroutine(const pybind11::object& result);

/// Whether what a handler returned can be streamed: a generator, be it asynchronous. Needs the GIL.
bool IsGenerator(const pybind11::object& result);

/// In seconds of Python's time.monotonic(); None for one that never comes. Needs the GIL.
pybind11::object MonotonicSeconds(const Deadline& deadline);

/// For py/event_loop.py: a function of a CoroutineEnd's number and its value, to be called once
/// with the GIL held. It answers `reply` with what `conclude` makes of them, which is done under
/// the GIL, and sends it without. Dropped instead of called, it drops the Reply, without the GIL
/// too. Needs the GIL.
pybind11::cpp_function AnswerLater(
    Reply reply, std::function<Outcome(CoroutineEnd, const pybind11::object&)> conclude);

}  // namespace openfc::python
